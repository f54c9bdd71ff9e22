package io.jenkins.plugins.mldelivery.image;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The real registry (distribution 2.8) of the Debian package docker-registry, as a process of its own on a free port of loopback. */
public final class DebianRegistry implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Path log;

    private DebianRegistry(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** Starts it in a folder, without login. */
    public static DebianRegistry start(Path folder) throws IOException, InterruptedException {
        return start(folder, null, null);
    }

    /** Starts it in a folder; with a user name only that login gets in. */
    public static DebianRegistry start(Path folder, String user, String password) throws IOException, InterruptedException {
        Programs.require("docker-registry", "docker-registry");
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String config = "version: 0.1\nlog:\n  level: warn\nstorage:\n  filesystem:\n    rootdirectory: " + folder.resolve("data")
                + "\n  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:" + port + "\n";
        if (user != null) {
            Programs.require("htpasswd", "apache2-utils");
            Path passwords = folder.resolve("htpasswd");
            Programs.run("htpasswd", "-cbB", "-C", "4", passwords.toString(), user, password);
            config += "auth:\n  htpasswd:\n    realm: test\n    path: " + passwords + "\n";
        }
        Path file = Files.writeString(folder.resolve("config.yml"), config);
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder("docker-registry", "serve", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        DebianRegistry registry = new DebianRegistry(process, port, log);
        registry.awaitUp();
        return registry;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly()).join();
    }

    private void awaitUp() throws IOException, InterruptedException {
        for (int i = 0; i < 200 && process.isAlive(); i++) {
            try {
                HttpURLConnection connection =
                        (HttpURLConnection) URI.create("http://" + address() + "/v2/").toURL().openConnection();
                connection.getResponseCode();
                connection.disconnect();
                return;
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        close();
        throw new IOException("docker-registry did not start: " + Files.readString(log));
    }
}
