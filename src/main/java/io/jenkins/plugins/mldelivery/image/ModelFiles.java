package io.jenkins.plugins.mldelivery.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The files of a model, checked and sorted. Symbolic links are followed when they stay inside the model's folder and refused when they leave it, so that nothing
 * of the agent gets into an image unseen.
 *
 * @param entries the files, sorted by name; names use '/' and are relative
 * @param mlflow whether the folder has an <code>MLmodel</code> file
 */
record ModelFiles(List<Entry> entries, boolean mlflow) {
    private static final long WEIGHT_SIZE = 1 << 20;
    private static final Set<String> WEIGHT_SUFFIXES = Set.of(
            "onnx", "pt", "pth", "bin", "safetensors", "joblib", "pkl", "pickle", "h5", "keras", "gguf", "npz", "npy",
            "tflite", "pb", "ubj", "cbm", "mar", "engine", "plan");

    /**
     * One file.
     *
     * @param name relative name with '/'
     * @param path where it lies
     * @param size bytes
     * @param modified its time of modification, to notice a change while it is read
     * @param executable whether its owner may execute it
     */
    record Entry(String name, Path path, long size, long modified, boolean executable) {
        /** Whether it belongs to the layer of the weights, which change less often than code and are by far the largest. */
        boolean isWeights() {
            int dot = name.lastIndexOf('.');
            String suffix = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
            return size >= WEIGHT_SIZE || WEIGHT_SUFFIXES.contains(suffix);
        }
    }

    static ModelFiles scan(Path model) throws DeliveryException {
        if (!Files.exists(model)) {
            throw DeliveryException.invalid(
                    "model", "there is no folder or file '" + model + "'", "Give the path of the model in the workspace.");
        }
        try {
            List<Entry> entries = new ArrayList<>();
            if (Files.isDirectory(model)) {
                walk(model, entries);
            } else {
                Path name = model.getFileName();
                if (name == null) {
                    throw new IOException("it has no name");
                }
                entries.add(entry(name.toString(), model));
            }
            if (entries.isEmpty()) {
                throw DeliveryException.invalid(
                        "model", "the folder '" + model + "' has no files", "Train or check out the model first.");
            }
            entries.sort(Comparator.comparing(Entry::name));
            boolean mlflow = entries.stream().anyMatch(e -> e.name().equals("MLmodel"));
            if (mlflow) {
                checkMlModel(model.resolve("MLmodel"));
            }
            return new ModelFiles(List.copyOf(entries), mlflow);
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "model", "could not read '" + model + "' (" + Problems.text(e) + ")",
                    "Let the build's user read all of it.", e);
        }
    }

    private static void walk(Path model, List<Entry> entries) throws IOException, DeliveryException {
        Path root = model.toRealPath();
        List<DeliveryException> refused = new ArrayList<>();
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), 64, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                return inside(dir) ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
                if (!Files.exists(file)) {
                    refused.add(DeliveryException.invalid(
                            "model", "the link '" + name + "' points to nothing", "Remove it or restore its target."));
                    return FileVisitResult.TERMINATE;
                }
                if (!inside(file)) {
                    return FileVisitResult.TERMINATE;
                }
                if (!attributes.isRegularFile()) {
                    refused.add(DeliveryException.invalid(
                            "model", "'" + name + "' is neither a file nor a folder", "Remove it from the model."));
                    return FileVisitResult.TERMINATE;
                }
                entries.add(entry(name, file));
                return FileVisitResult.CONTINUE;
            }

            private boolean inside(Path path) throws IOException {
                if (Files.isSymbolicLink(path) && !path.toRealPath().startsWith(root)) {
                    refused.add(DeliveryException.invalid(
                            "model", "the link '" + root.relativize(path) + "' leaves the model's folder",
                            "Copy what it points to into the folder."));
                    return false;
                }
                return true;
            }
        });
        if (!refused.isEmpty()) {
            throw refused.get(0);
        }
    }

    private static Entry entry(String name, Path path) throws IOException {
        BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
        if (!Files.isReadable(path)) {
            throw new java.nio.file.AccessDeniedException(name);
        }
        boolean executable = false;
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            executable = Files.getPosixFilePermissions(path, new LinkOption[0])
                    .contains(java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE);
        }
        return new Entry(name, path, a.size(), a.lastModifiedTime().toMillis(), executable);
    }

    private static void checkMlModel(Path file) throws IOException, DeliveryException {
        try {
            JsonNode yaml = new YAMLMapper().readTree(Files.readAllBytes(file));
            if (yaml == null || !yaml.isObject() || !yaml.has("flavors")) {
                throw DeliveryException.invalid(
                        "model", "its MLmodel file has no 'flavors'", "Save the model again with MLflow, or remove the file.");
            }
        } catch (JsonProcessingException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "model",
                    "its MLmodel file can't be read as YAML (line " + (e.getLocation() == null ? 1 : e.getLocation().getLineNr()) + ")",
                    "Save the model again with MLflow, or remove the file.", e);
        }
    }
}
