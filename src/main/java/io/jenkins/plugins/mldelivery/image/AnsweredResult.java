package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The result of a build on another machine, as its caller takes it. That machine runs what a job's author wants, so nothing of its answer is passed on unseen: the name and the tag are those that were asked for,
 * and the rest is rebuilt from values that have been checked.
 */
public final class AnsweredResult {
    /** Layers at most: a base image's and the model's. */
    static final int MAX_LAYERS = 1000;

    /** Texts of an answer at most: those of the image, and those of each layer. */
    public static final int MAX_TEXTS = 4 + 4 * MAX_LAYERS;

    /** Bytes of an answer at most: no text of it is longer than a digest. */
    public static final int MAX_BYTES = MAX_TEXTS * 80;

    private static final int OF_IMAGE = 4;
    private static final int OF_LAYER = 4;
    private static final Set<String> WHAT = Set.of("base", "weights", "model", "code");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final long MAX_BLOBS = MAX_LAYERS * Descriptor.MAX_SIZE;

    private AnsweredResult() {}

    /** There: the result as texts, without its name, which whoever asked knows. */
    public static List<String> pack(BuildImageResult result) {
        List<String> texts = new ArrayList<>(List.of(
                result.digest(), String.valueOf(result.changed()), String.valueOf(result.pushedBytes()), String.valueOf(result.totalBytes())));
        for (BuildImageResult.Layer layer : result.layers()) {
            texts.addAll(List.of(layer.digest(), String.valueOf(layer.bytes()), String.valueOf(layer.reused()), layer.what()));
        }
        return texts;
    }

    /**
     * Here: checks the texts.
     *
     * @param texts what the other machine answered; it may hold nulls
     * @param request what it was asked for
     * @throws DeliveryException of the kind {@link DeliveryException.Kind#FAILED} when it can't be the result of this request
     */
    public static BuildImageResult of(List<String> texts, BuildImageRequest request) throws DeliveryException {
        if (texts.size() < OF_IMAGE || texts.size() > MAX_TEXTS || (texts.size() - OF_IMAGE) % OF_LAYER != 0) {
            throw wrong("it is not the result of a build");
        }
        String digest = digest(texts.get(0));
        List<BuildImageResult.Layer> layers = new ArrayList<>();
        for (int at = OF_IMAGE; at < texts.size(); at += OF_LAYER) {
            String what = String.valueOf(texts.get(at + 3));
            if (!WHAT.contains(what)) {
                throw wrong("a layer is of no known kind");
            }
            layers.add(new BuildImageResult.Layer(digest(texts.get(at)), bytes(texts.get(at + 1)), truth(texts.get(at + 2)), what));
        }
        ImageReference image = request.reference();
        return new BuildImageResult(
                image.withDigest(digest).toString(), digest, List.of(image.tag() == null ? BuildImageRequest.DEFAULT_TAG : image.tag()), truth(texts.get(1)), layers,
                bytes(texts.get(2)), bytes(texts.get(3)));
    }

    private static String digest(String text) throws DeliveryException {
        if (!Digests.isDigest(text)) {
            throw wrong("a digest is not valid");
        }
        return text;
    }

    private static long bytes(String text) throws DeliveryException {
        if (text == null || !NUMBER.matcher(text).matches() || Long.parseLong(text) > MAX_BLOBS) {
            throw wrong("a number of bytes can't be");
        }
        return Long.parseLong(text);
    }

    private static boolean truth(String text) throws DeliveryException {
        if (!"true".equals(text) && !"false".equals(text)) {
            throw wrong("a value is neither true nor false");
        }
        return "true".equals(text);
    }

    private static DeliveryException wrong(String why) {
        return DeliveryException.failed(
                null, "the agent's answer is not taken: " + why, "Check the agent and who may run programs on it.", null);
    }
}
