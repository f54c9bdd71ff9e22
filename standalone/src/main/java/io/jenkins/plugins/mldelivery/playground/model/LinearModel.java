package io.jenkins.plugins.mldelivery.playground.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A multinomial logistic regression, as <code>docs/examples/model/train.py</code> writes it to <code>model.json</code>: features with an optional logarithm, standardised; one row of coefficients and an intercept for each class.
 */
public final class LinearModel {
    private static final String FORMAT = "ml-delivery/linear-classifier/1";

    private record Feature(String name, boolean log, double offset, double mean, double scale) {
        double prepare(double value) {
            double v = log ? Math.log(value - offset) : value;
            return (v - mean) / scale;
        }
    }

    private final String name;
    private final String version;
    private final List<Feature> features;
    private final List<String> classes;
    private final double[] intercepts;
    private final double[][] coefficients;

    private LinearModel(String name, String version, List<Feature> features, List<String> classes, double[] intercepts, double[][] coefficients) {
        this.name = name;
        this.version = version;
        this.features = features;
        this.classes = classes;
        this.intercepts = intercepts;
        this.coefficients = coefficients;
    }

    /** Finds the folder with an <code>MLmodel</code> file below a container's root and loads its model. */
    public static LinearModel find(Path root) throws IOException {
        try (Stream<Path> files = Files.find(root, 8, (p, a) -> p.getFileName().toString().equals("MLmodel"))) {
            Path file = files.sorted().findFirst().orElseThrow(() -> new ModelFormatException("there is no MLmodel file in the image"));
            return load(file.getParent().resolve("model.json"));
        }
    }

    /** Loads <code>model.json</code>. */
    public static LinearModel load(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new ModelFormatException("there is no model.json beside MLmodel");
        }
        JsonNode n = new ObjectMapper().readTree(file.toFile());
        if (!FORMAT.equals(n.path("format").asText())) {
            throw new ModelFormatException("model.json has the format '" + n.path("format").asText() + "', this server serves " + FORMAT);
        }
        List<Feature> features = new ArrayList<>();
        for (JsonNode f : n.path("features")) {
            features.add(new Feature(f.path("name").asText(), f.path("transform").asText("identity").equals("log"), f.path("offset").asDouble(), f.path("mean").asDouble(), f.path("scale").asDouble(1)));
        }
        List<String> classes = new ArrayList<>();
        n.path("classes").forEach(c -> classes.add(c.asText()));
        double[] intercepts = numbers(n.path("intercepts"));
        double[][] coefficients = new double[n.path("coefficients").size()][];
        for (int i = 0; i < coefficients.length; i++) {
            coefficients[i] = numbers(n.path("coefficients").get(i));
            if (coefficients[i].length != features.size()) {
                throw new ModelFormatException("class " + i + " has " + coefficients[i].length + " coefficients for " + features.size() + " features");
            }
        }
        if (classes.isEmpty() || intercepts.length != classes.size() || coefficients.length != classes.size()) {
            throw new ModelFormatException("the numbers of classes, intercepts and coefficients differ");
        }
        return new LinearModel(n.path("name").asText(), n.path("version").asText(), List.copyOf(features), List.copyOf(classes), intercepts, coefficients);
    }

    private static double[] numbers(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    public List<String> featureNames() {
        return features.stream().map(Feature::name).toList();
    }

    /** A prediction with its probability, which is NaN when the model can't make sense of the input. */
    public record Prediction(String label, double probability) {}

    /** Predicts one row, features in the order of {@link #featureNames()}. */
    public Prediction predict(double[] row) {
        double[] scores = new double[classes.size()];
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < scores.length; c++) {
            scores[c] = intercepts[c];
            for (int f = 0; f < row.length; f++) {
                scores[c] += coefficients[c][f] * features.get(f).prepare(row[f]);
            }
            max = Math.max(max, scores[c]);
        }
        double sum = 0;
        int best = 0;
        for (int c = 0; c < scores.length; c++) {
            sum += Math.exp(scores[c] - max);
            best = scores[c] > scores[best] ? c : best;
        }
        return new Prediction(classes.get(best), Math.exp(scores[best] - max) / sum);
    }
}
