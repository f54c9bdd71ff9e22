package io.jenkins.plugins.mldelivery.playground;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A playground in a process of its own, for settings that a process reads once. It ends when its input does. */
final class PlaygroundProcess implements AutoCloseable {
    private final Process process;
    private final int api;
    private final int registry;
    private final String token;

    private PlaygroundProcess(Process process) throws IOException {
        this.process = process;
        BufferedReader out = process.inputReader();
        this.api = Integer.parseInt(out.readLine());
        this.registry = Integer.parseInt(out.readLine());
        this.token = out.readLine();
    }

    public static void main(String[] args) throws Exception {
        try (Playground playground = Playground.start()) {
            System.out.println(URI.create(playground.server()).getPort());
            System.out.println(playground.registry().replaceAll(".*:", ""));
            System.out.println(playground.logins().token().reveal());
            System.in.read();
        }
        System.exit(0);
    }

    /** @param settings options of Java */
    static PlaygroundProcess start(String... settings) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(settings));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PlaygroundProcess.class.getName()));
        return new PlaygroundProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    int api() {
        return api;
    }

    int registry() {
        return registry;
    }

    String token() {
        return token;
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            // It removes its folder.
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
