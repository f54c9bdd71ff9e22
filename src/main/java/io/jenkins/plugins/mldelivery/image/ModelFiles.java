package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The files of a model, checked and sorted. Symbolic links are followed when they stay inside the model's folder and refused when they leave it, so that nothing
 * of the agent gets into an image unseen. What {@link PackingRules} leave out is listed.
 *
 * @param holder the folder that the files are opened through
 * @param entries the files, sorted by name; names use '/' and are relative
 * @param leftOut names of files and folders that are not packed, sorted; folders end in '/'
 * @param mlflow whether the folder has an {@code MLmodel} file
 */
record ModelFiles(RealFolder holder, List<Entry> entries, List<String> leftOut, boolean mlflow) {
    private static final long WEIGHT_SIZE = 1 << 20;
    private static final Set<String> WEIGHT_SUFFIXES = Set.of(
            "onnx", "pt", "pth", "bin", "safetensors", "joblib", "pkl", "pickle", "h5", "keras", "gguf", "npz", "npy",
            "tflite", "pb", "ubj", "cbm", "mar", "engine", "plan");

    /**
     * One file.
     *
     * @param name relative name with '/'
     * @param path where it lies in the holder, without links
     * @param size bytes
     * @param modified its time of modification in milliseconds since the epoch, to notice a change while it is read
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

    /**
     * Looks at a model.
     *
     * @param model folder or file, as the user gave it
     * @throws DeliveryException when it is not there, leaves the border, or has something that can't be packed
     */
    static ModelFiles scan(WorkspaceBorder border, String model, PackingRules rules, Deadline deadline)
            throws DeliveryException, InterruptedException {
        Path real = border.find("model", model).orElseThrow(() -> DeliveryException.invalid(
                "model", "there is no folder or file '" + model + "'", "Give the path of the model in the `workspace`."));
        try {
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isDirectory() && !attributes.isRegularFile()) {
                throw DeliveryException.invalid("model", "'" + model + "' is neither a file nor a folder", "Give the folder or file of the model.");
            }
            ModelWalk walk = new ModelWalk(attributes.isDirectory() ? real : real.getParent(), border.holder(real), rules, deadline);
            if (attributes.isDirectory()) {
                walk.folder();
            } else {
                walk.file(real);
            }
            return of(walk, border.holder(real), model);
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "model", "could not read '" + model + "' (" + Problems.text(e) + ")",
                    "Grant the user of the `build` read access to all of it.", e);
        }
    }

    private static ModelFiles of(ModelWalk walk, RealFolder holder, String model) throws DeliveryException, IOException {
        List<Entry> entries = walk.entries().stream().sorted(Comparator.comparing(Entry::name)).toList();
        List<String> leftOut = walk.leftOut().stream().sorted().toList();
        if (entries.isEmpty()) {
            throw leftOut.isEmpty()
                    ? DeliveryException.invalid("model", "the folder '" + model + "' has no files", "Train or check out the model first.")
                    : DeliveryException.invalid(
                            "model", "'" + model + "' has nothing to pack but " + brief(leftOut) + ", which does not belong in an image",
                            "Name it in `include` if that is meant.");
        }
        Entry mlModel = entries.stream().filter(e -> e.name().equals("MLmodel")).findFirst().orElse(null);
        if (mlModel != null) {
            if (mlModel.size() > MlModelFile.MAX_BYTES) {
                throw DeliveryException.invalid("model", "its MLmodel file has more than 1 MiB", "Save the model again with MLflow, or remove the file.");
            }
            MlModelFile.check(holder.read(mlModel.path(), MlModelFile.MAX_BYTES));
        }
        return new ModelFiles(holder, entries, leftOut, mlModel != null);
    }

    /** Opens one of its files. */
    InputStream open(Entry entry) throws IOException {
        return Channels.newInputStream(holder.open(entry.path()));
    }

    /** Whether a file is what it was. */
    boolean isUnchanged(Entry entry) throws IOException {
        BasicFileAttributes now = holder.attributes(entry.path());
        return now != null && now.isRegularFile() && now.size() == entry.size() && now.lastModifiedTime().toMillis() == entry.modified();
    }

    /** All bytes; {@link Long#MAX_VALUE} for more than that. */
    static long bytes(List<Entry> entries) {
        long sum = 0;
        for (Entry entry : entries) {
            sum = sum > Long.MAX_VALUE - entry.size() ? Long.MAX_VALUE : sum + entry.size();
        }
        return sum;
    }

    /** Names for people: the first few and how many there are besides. */
    static String brief(List<String> names) {
        int shown = 5;
        String first = String.join(", ", names.stream().limit(shown).toList());
        return names.size() > shown ? first + " and " + (names.size() - shown) + " more" : first;
    }

    /** @param real without links; the attributes are its own */
    static Entry entry(String name, Path real, BasicFileAttributes attributes, RealFolder holder) throws IOException {
        if (!Files.isReadable(real)) {
            throw Files.exists(real, LinkOption.NOFOLLOW_LINKS) ? new AccessDeniedException(name) : new NoSuchFileException(name);
        }
        boolean executable = real.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(real, LinkOption.NOFOLLOW_LINKS).contains(PosixFilePermission.OWNER_EXECUTE);
        return new Entry(name, holder.path().relativize(real), attributes.size(), attributes.lastModifiedTime().toMillis(), executable);
    }
}
