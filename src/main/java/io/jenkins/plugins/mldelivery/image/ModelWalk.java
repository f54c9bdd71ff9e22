package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;

/** The walk through one model's folder. It only looks; what it finds is opened later through the holder, which follows no link. */
final class ModelWalk {
    /** Files at most: links to folders can multiply them without end. */
    static final int MAX_FILES = 250_000;
    /** Files and folders at most that are left out, for the same reason. */
    static final int MAX_LEFT_OUT = 250_000;
    private static final int MAX_DEPTH = 64;
    /** A certificate or a service account is shorter; a longer file is not searched for a key. */
    private static final int MAX_SEARCHED = 256 * 1024;
    /** A private key, a login of Google's libraries, a login of container tools. */
    private static final Pattern LOGIN = Pattern.compile("PRIVATE KEY-----"
            + "|\"type\"\\s*:\\s*\"(authorized_user|external_account|impersonated_service_account|service_account)\""
            + "|\"auths\"\\s*:\\s*\\{");

    private final Path root;
    private final RealFolder holder;
    private final PackingRules rules;
    private final Deadline deadline;
    private final List<ModelFiles.Entry> entries = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private Exception refused;

    /** @param root real path of the folder that names are relative to, and that links may not leave */
    ModelWalk(Path root, RealFolder holder, PackingRules rules, Deadline deadline) {
        this.root = root;
        this.holder = holder;
        this.rules = rules;
        this.deadline = deadline;
    }

    List<ModelFiles.Entry> entries() {
        return entries;
    }

    List<String> leftOut() {
        return leftOut;
    }

    /** Looks at a single file. */
    void file(Path file) throws IOException, DeliveryException {
        add(name(file), file, Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    /** Looks at all of the folder. */
    void folder() throws IOException, DeliveryException, InterruptedException {
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new Visitor());
        if (refused instanceof InterruptedException) {
            throw new InterruptedException();
        } else if (refused instanceof DeliveryException e) {
            throw e;
        }
    }

    private String name(Path path) {
        return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    private void add(String name, Path real, BasicFileAttributes attributes) throws IOException, DeliveryException {
        ModelFiles.Entry entry = ModelFiles.entry(name, real, attributes, holder);
        if (rules.leavesOut(name(real)) || rules.leavesOut(name) || holdsKey(name, name(real), entry)) {
            leaveOut(name);
            return;
        }
        if (entries.size() == MAX_FILES) {
            throw DeliveryException.invalid("model", "it has more than " + MAX_FILES + " files", "Give the folder of the model alone.");
        }
        entries.add(entry);
    }

    private void leaveOut(String name) throws DeliveryException {
        if (leftOut.size() == MAX_LEFT_OUT) {
            throw DeliveryException.invalid(
                    "model", "it has more than " + MAX_LEFT_OUT + " files and folders that are left out", "Give the folder of the model alone.");
        }
        leftOut.add(name);
    }

    private boolean holdsKey(String name, String realName, ModelFiles.Entry entry) throws IOException {
        return (rules.looksInto(name) || rules.looksInto(realName)) && entry.size() <= MAX_SEARCHED
                && LOGIN.matcher(new String(holder.read(entry.path(), MAX_SEARCHED), StandardCharsets.ISO_8859_1))
                        .find();
    }

    /** Takes what is found; what it refuses is thrown after the walk, since a visitor can throw an I/O error only. */
    private final class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
            return visit(() -> {
                boolean skip = !dir.equals(root) && rules.leavesOut(name(dir)) && !rules.includesWithin();
                if (!skip) {
                    Path real = real(dir);
                    // A link does not bring in what is left out under its own name.
                    skip = !real.equals(root) && rules.leavesOut(name(real)) && !rules.includesWithin();
                }
                if (skip) {
                    leaveOut(name(dir) + "/");
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            });
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            return visit(() -> {
                String name = name(file);
                if (rules.leavesOut(name)) {
                    leaveOut(name);
                    return FileVisitResult.CONTINUE;
                }
                Path real = real(file);
                if (!attributes.isRegularFile()) {
                    throw DeliveryException.invalid(
                            "model", attributes.isDirectory()
                                    ? "'" + name + "' lies deeper than " + MAX_DEPTH + " folders"
                                    : "'" + name + "' is neither a file nor a folder",
                            "Remove it from the model.");
                }
                add(name, real, attributes);
                return FileVisitResult.CONTINUE;
            });
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (!file.equals(root) && rules.leavesOut(name(file))) {
                return visit(() -> {
                    leaveOut(name(file));
                    return FileVisitResult.CONTINUE;
                });
            }
            throw e;
        }

        private Path real(Path path) throws IOException, DeliveryException {
            Path real;
            try {
                real = path.toRealPath();
            } catch (NoSuchFileException e) {
                throw DeliveryException.invalid("model", "the link '" + name(path) + "' points to nothing", "Remove it or restore its target.");
            }
            if (!real.startsWith(root)) {
                throw DeliveryException.invalid(
                        "model", "the link '" + name(path) + "' leaves the model's folder", "Copy what it points to into the folder.");
            }
            return real;
        }

        private FileVisitResult visit(Visit visit) throws IOException {
            try {
                deadline.check();
                return visit.run();
            } catch (DeliveryException | InterruptedException e) {
                refused = e;
                return FileVisitResult.TERMINATE;
            }
        }
    }

    /** What is done with one that is found. */
    private interface Visit {
        FileVisitResult run() throws IOException, DeliveryException, InterruptedException;
    }
}
