package io.jenkins.plugins.mldelivery.provision;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
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
    private static final int MAX_FILES = 10_000;
    private static final String FOLDER_RIGHTS = "rwx------";
    private static final String FILE_RIGHTS = "rw-------";

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
            List<String> names = files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).limit(MAX_FILES + 1L).sorted().toList();
            if (names.size() > MAX_FILES) {
                throw new IOException("the folder has more than " + MAX_FILES + " files");
            }
            return names;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public Map<String, String> read(String path, List<String> names, long maxBytes) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        long left = maxBytes;
        for (String name : names) {
            // Read up to the limit, whatever the size was: a file may grow, and a device has none.
            try (InputStream in = Files.newInputStream(resolve(path).resolve(name))) {
                byte[] content = in.readNBytes((int) Math.min(left + 1, Integer.MAX_VALUE - BUFFER));
                left -= content.length;
                if (left < 0) {
                    throw new IOException("the files have more than " + maxBytes + " bytes");
                }
                texts.put(name, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
            } catch (CharacterCodingException e) {
                throw new IOException("'" + name + "' is not UTF-8 text", e);
            }
        }
        return texts;
    }

    @Override
    public String sha256(String path) throws IOException {
        Path file = resolve(path);
        // A pipe would never end, and what is behind a link is not what was written here.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is not a plain file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
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
        return Files.createTempDirectory("ml-delivery-", ownerOnly(FOLDER_RIGHTS)).toString();
    }

    /**
     * Creates a folder that only the owner may enter, with those above it.
     *
     * @throws IOException also when there is one already, whoever made it
     */
    public void createPrivateDirectory(String path) throws IOException {
        Path directory = resolve(path);
        Files.createDirectories(directory.getParent());
        Files.createDirectory(directory, ownerOnly(FOLDER_RIGHTS));
    }

    private FileAttribute<?>[] ownerOnly(String rights) {
        boolean posix = Path.of(base).getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))} : new FileAttribute<?>[0];
    }

    @Override
    public void writePrivate(String path, String text) throws IOException {
        Path file = resolve(path);
        Files.deleteIfExists(file);
        // Made with its rights, so that nobody opens it before it has them; and not where somebody put a link meanwhile.
        Files.createFile(file, ownerOnly(FILE_RIGHTS));
        Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
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
