package io.jenkins.plugins.mldelivery.provision;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A workspace on this machine's disk. Serialisable, so that an adapter can send it to an agent and use it there. */
public final class LocalWorkspace implements Workspace, java.io.Serializable {
    private static final long serialVersionUID = 1L;
    private static final int BUFFER = 64 * 1024;

    private final String base;

    /** @param base what relative paths start from */
    public LocalWorkspace(Path base) {
        this.base = base.toAbsolutePath().toString();
    }

    private Path resolve(String path) {
        return Path.of(base).resolve(path).normalize();
    }

    @Override
    public boolean isDirectory(String path) {
        return Files.isDirectory(resolve(path));
    }

    @Override
    public List<String> list(String path) throws IOException {
        try (Stream<Path> files = Files.list(resolve(path))) {
            return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public Map<String, String> read(String path, List<String> names, long maxBytes) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        long total = 0;
        for (String name : names) {
            Path file = resolve(path).resolve(name);
            total += Files.size(file);
            if (total > maxBytes) {
                throw new IOException("the files have more than " + maxBytes + " bytes");
            }
            texts.put(name, Files.readString(file));
        }
        return texts;
    }

    @Override
    public String sha256(String path) throws IOException {
        try (InputStream in = Files.newInputStream(resolve(path))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String createPrivateDirectory() throws IOException {
        Path directory = Files.createTempDirectory("ml-delivery-");
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
        return directory.toString();
    }

    @Override
    public void writePrivate(String path, String text) throws IOException {
        Path file = resolve(path);
        Files.deleteIfExists(file);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    @Override
    public boolean canRun(String program) {
        if (program.contains("/") || program.contains(File.separator)) {
            return isProgram(resolve(program));
        }
        String path = new ProcessBuilder().environment().getOrDefault("PATH", "");
        boolean windows = File.separatorChar == '\\';
        for (String folder : path.split(File.pathSeparator)) {
            if (!folder.isEmpty() && isProgram(Path.of(folder, windows ? program + ".exe" : program))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    @Override
    public String absolute(String path) {
        return resolve(path).toString();
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        Path root = resolve(path);
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        }
    }
}
