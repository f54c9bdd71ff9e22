package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.testing.ByteServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What one input lies in: a folder that the program works in, a home, a folder for temporary files, environment
 * variables, servers on loopback, and secrets that must not come out.
 */
final class Scene implements AutoCloseable {
    private static final int MAX_SEARCHED = 16 * 1024 * 1024;

    private final Path root;
    private final Map<String, String> variables = new TreeMap<>();
    private final PlantedSecrets secrets = new PlantedSecrets();
    private final Set<Path> planted = new HashSet<>();
    private final Set<Path> absent = new HashSet<>();
    private final Deque<AutoCloseable> servers = new ArrayDeque<>();

    Scene(Path root) throws IOException {
        // macOS and some others have links above their temporary folder.
        this.root = root.toRealPath();
        for (Path folder : List.of(folder(), home(), temporary(), streams())) {
            Files.createDirectory(folder);
        }
    }

    /** Where the program works. */
    Path folder() {
        return root.resolve("work");
    }

    Path home() {
        return root.resolve("home");
    }

    /** Its folder for temporary files. */
    Path temporary() {
        return root.resolve("tmp");
    }

    /** Where what it prints goes. */
    Path streams() {
        return root.resolve("streams");
    }

    /** Outside of all of these. */
    Path outside() throws IOException {
        return Files.createDirectories(root.resolve("outside"));
    }

    Map<String, String> variables() {
        return variables;
    }

    /** Sets an environment variable of the program. */
    void variable(String name, String value) {
        variables.put(name, value);
    }

    PlantedSecrets secrets() {
        return secrets;
    }

    /** A new secret. */
    String secret(String what) {
        return secrets.plant(what);
    }

    /** Writes a file, below the folder that the program works in. */
    Path file(String name, String content) throws IOException {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with bytes. */
    Path file(String name, byte[] content) throws IOException {
        Path file = folder().resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        planted.add(file);
        return file;
    }

    /** A file that holds nothing, and takes no space, but has a length. */
    Path sparse(String name, long bytes) throws IOException {
        Path file = file(name, "");
        try (var channel = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(bytes - 1);
            channel.write(java.nio.ByteBuffer.wrap(new byte[1]));
        }
        return file;
    }

    /** A program: a script of the shell. */
    Path program(String name, String script) throws IOException {
        Path file = file(name, "#!/bin/sh\n" + script);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("could not make " + file + " executable");
        }
        return file;
    }

    /** A pipe without a writer: who opens it to read waits. */
    Path pipe(String name) throws IOException, InterruptedException {
        Path pipe = folder().resolve(name);
        Files.createDirectories(pipe.getParent());
        if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
            throw new IOException("there is no mkfifo");
        }
        planted.add(pipe);
        return pipe;
    }

    /** A link. */
    Path link(String name, Path target) throws IOException {
        Path link = folder().resolve(name);
        Files.createDirectories(link.getParent());
        return Files.createSymbolicLink(link, target);
    }

    /** A file outside, which must not be there when the program has ended: what a program of the input would write. */
    Path marker(String name) throws IOException {
        Path marker = outside().resolve(name);
        absent.add(marker);
        return marker;
    }

    /** A kubeconfig of a server, with these lines of the user's. */
    void kubeconfig(String server, String user) throws IOException {
        file(
                "kube",
                """
                apiVersion: v1
                kind: Config
                clusters:
                - name: c
                  cluster: {server: '%s'}
                users:
                - name: u
                  user: {%s}
                contexts:
                - name: x
                  context: {cluster: c, user: u}
                current-context: x
                """
                        .formatted(server, user));
    }

    /** A server that answers so; it ends with this scene. */
    ByteServer server(ByteServer.Handler handler) throws IOException {
        return closing(ByteServer.start(handler));
    }

    /** Closes something with this scene. */
    <T extends AutoCloseable> T closing(T server) {
        servers.push(server);
        return server;
    }

    /** What is wrong with what the program has left behind. */
    List<String> remains() throws IOException {
        List<String> problems = new ArrayList<>();
        for (Path file : absent) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                problems.add("it made " + file.getFileName() + ", outside of its folder");
            }
        }
        List<Path> left = files(temporary());
        if (!left.isEmpty()) {
            problems.add("it left temporary files: " + left);
        }
        for (Path folder : List.of(folder(), home(), temporary())) {
            for (Path file : files(folder)) {
                if (!planted.contains(file) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    for (String secret : secrets.in(text(file))) {
                        problems.add("the secret " + secret + " is in the file " + root.relativize(file));
                    }
                }
            }
        }
        return problems;
    }

    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_SEARCHED), StandardCharsets.ISO_8859_1);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> !file.equals(folder)).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() throws Exception {
        while (!servers.isEmpty()) {
            servers.pop().close();
        }
    }
}
