package io.jenkins.plugins.mldelivery.provision;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RealFolder;
import io.jenkins.plugins.mldelivery.delivery.Scratch;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A workspace on this machine's disk. What a user's path names is found within a border, see {@link WorkspaceBorder};
 * what this has made itself, such as private folders, is beside the workspace and has none.
 */
public final class LocalWorkspace implements Workspace {
    private static final String PARAMETER = "dir";
    private static final int BUFFER = 64 * 1024;
    private static final int MAX_FILES = 10_000;
    private static final String FOLDER_RIGHTS = "rwx------";
    private static final String FILE_RIGHTS = "rw-------";

    private final Path base;
    private final WorkspaceBorder border;
    /** The private folders of this program's own runs, by their paths. */
    private final Map<String, Scratch> held = new ConcurrentHashMap<>();

    private LocalWorkspace(Path base, WorkspaceBorder border) {
        this.base = base.toAbsolutePath();
        this.border = border;
    }

    /** Of a person, who may name any path; relative ones start in this folder. */
    public static LocalWorkspace anywhere(Path base) {
        return new LocalWorkspace(base, WorkspaceBorder.anywhere(base));
    }

    /** Of a build, whose paths may not leave this folder. */
    public static LocalWorkspace inside(Path base) {
        return new LocalWorkspace(base, WorkspaceBorder.inside(base));
    }

    private Path resolve(String path) {
        return base.resolve(path).normalize();
    }

    @Override
    public void check(String parameter, String folder, String path) throws DeliveryException {
        border.find(parameter, folder == null || path != null && isAbsolute(path) ? path : folder + "/" + path);
    }

    private boolean isAbsolute(String path) {
        try {
            return base.getFileSystem().getPath(path).isAbsolute();
        } catch (InvalidPathException e) {
            return false; // The border refuses it.
        }
    }

    @Override
    public boolean isDirectory(String path) throws DeliveryException {
        return border.find(PARAMETER, path).filter(Files::isDirectory).isPresent();
    }

    private Path find(String path) throws DeliveryException, IOException {
        return border.find(PARAMETER, path).orElseThrow(() -> new NoSuchFileException(path));
    }

    @Override
    public List<String> list(String path) throws DeliveryException, IOException {
        try (Stream<Path> files = Files.list(find(path))) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(f -> f.getFileName().toString())
                    .limit(MAX_FILES + 1L)
                    .sorted()
                    .toList();
            if (names.size() > MAX_FILES) {
                throw new IOException("the folder has more than " + MAX_FILES + " files");
            }
            return names;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public Map<String, String> read(String path, List<String> names, long maxBytes)
            throws DeliveryException, IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        long left = maxBytes;
        for (String name : names) {
            Path file = find(base.getFileSystem().getPath(path).resolve(name).toString());
            RealFolder holder = border.holder(file);
            Path inside = holder.path().relativize(file);
            BasicFileAttributes attributes = holder.attributes(inside);
            if (attributes != null && attributes.size() > left) {
                throw new IOException("the files have more than " + maxBytes + " bytes");
            }
            byte[] content = holder.read(inside, (int) Math.min(left, Integer.MAX_VALUE - BUFFER));
            left -= content.length;
            texts.put(name, decode(name, content));
        }
        return texts;
    }

    @Override
    public long size(String path, List<String> names) throws DeliveryException, IOException {
        long bytes = 0;
        for (String name : names) {
            Path file = find(base.getFileSystem().getPath(path).resolve(name).toString());
            RealFolder holder = border.holder(file);
            BasicFileAttributes attributes = holder.attributes(holder.path().relativize(file));
            if (attributes == null) {
                throw new NoSuchFileException(name);
            }
            bytes += attributes.size();
        }
        return bytes;
    }

    private static String decode(String name, byte[] content) throws DeliveryException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw DeliveryException.invalid(PARAMETER, "'" + name + "' is not text in UTF-8", "Save it in UTF-8.");
        }
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
        Scratch scratch = Scratch.create("provision", null);
        held.put(scratch.folder().toString(), scratch);
        return scratch.folder().toString();
    }

    /**
     * Creates a folder that only the owner may enter, with those above it.
     *
     * @throws IOException also when there is one already, whoever made it
     */
    public void createPrivateDirectory(String path) throws IOException {
        Path directory = resolve(path);
        Files.createDirectories(java.util.Objects.requireNonNull(directory.getParent()));
        Files.createDirectory(directory, ownerOnly(FOLDER_RIGHTS));
    }

    private FileAttribute<?>[] ownerOnly(String rights) {
        boolean posix = base.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    @Override
    public void writePrivate(String path, String text) throws IOException {
        Path file = resolve(path);
        Files.deleteIfExists(file);
        // Made with its rights, so that nobody opens it before it has them; and not where somebody put a link
        // meanwhile.
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
    public String absolute(String path) throws DeliveryException, IOException {
        return find(path).toString();
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        Scratch scratch = held.remove(path);
        if (scratch != null) {
            scratch.free();
        }
        Scratch.remove(resolve(path));
    }
}
