package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import io.jenkins.plugins.mldelivery.playground.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What other programs of the machine, and pages in its browser, send to a playground. */
final class PlaygroundInputs {
    /** As shells report an end by SIGTERM. */
    private static final int ENDED = 143;

    private static final int PATIENCE_MILLIS = 20_000;
    private static final Duration START = Duration.ofSeconds(30);
    private static final String JSON = "Content-Type: application/json";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private PlaygroundInputs() {}

    static List<HostileInput> all() {
        return List.of(
                new HostileInput(
                                Kind.PLAYGROUND,
                                "programs and pages that send what they must not",
                                ENDED,
                                "aborted",
                                scene -> List.of("playground", "--port", "0", "--registry-port", "0", "--load", "0"))
                        .within(Duration.ofSeconds(90))
                        .with(PlaygroundInputs::attacked),
                new HostileInput(
                        Kind.PLAYGROUND, "a file of logins that is a link", 2, "error: --env-file: ", scene -> {
                            scene.link("playground.env", scene.marker("logins"));
                            return List.of("playground", "--port", "0", "--registry-port", "0", "--load", "0");
                        }));
    }

    private static Map<String, Attack> attacks() {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put(
                "a page that a name server has led here",
                doors -> List.of(doors.api("GET " + MAPS, "", doors.token(), "Host: evil.example")));
        attacks.put(
                "a page of another site that writes",
                doors -> List.of(doors.post("{\"metadata\":{\"name\":\"a\"}}", "Origin: http://evil.example")));
        attacks.put(
                "programs without a login",
                doors -> List.of(
                        doors.api("GET " + MAPS, "", "Accept: */*"),
                        doors.registry("POST /v2/a/blobs/uploads/", "", "Accept: */*"),
                        doors.api("GET " + MAPS, "", "Authorization: Bearer guess")));
        attacks.put(
                "objects of 100,000 levels, and of no sense",
                doors -> List.of(
                        doors.post("{\"metadata\":" + "[".repeat(100_000)),
                        doors.post("{\"metadata\":{\"name\":1e308}}"),
                        doors.post("\0".repeat(1000))));
        attacks.put(
                "bodies and headers without an end",
                doors -> List.of(
                        doors.endless(
                                doors.apiPort,
                                "POST " + MAPS + " HTTP/1.1\r\nHost: 127.0.0.1:" + doors.apiPort + "\r\n"
                                        + doors.token() + "\r\n" + JSON + "\r\nTransfer-Encoding: chunked\r\n\r\n",
                                "8000\r\n" + " ".repeat(0x8000) + "\r\n"),
                        doors.endless(doors.apiPort, "GET / HTTP/1.1\r\nX: ", "a".repeat(10_000)),
                        doors.endless(doors.registryPort, "GET /v2/ HTTP/1.1\r\nX: ", "a".repeat(10_000))));
        attacks.put("two hundred that say nothing", PlaygroundInputs::silent);
        return attacks;
    }

    /** Sends requests. */
    private interface Attack {
        /** @return the answers, none of which may be a success */
        List<RawHttp.Answer> on(Doors doors) throws Exception;
    }

    /** A playground that runs. */
    private record Doors(int apiPort, int registryPort, String token) {
        RawHttp.Answer api(String line, String body, String... headers) throws IOException {
            return RawHttp.send(apiPort, line, body, headers);
        }

        RawHttp.Answer post(String body, String... headers) throws IOException {
            List<String> all = new ArrayList<>(List.of(token, JSON));
            all.addAll(List.of(headers));
            return api("POST " + MAPS, body, all.toArray(new String[0]));
        }

        RawHttp.Answer registry(String line, String body, String... headers) throws IOException {
            return RawHttp.send(registryPort, line, body, headers);
        }

        RawHttp.Answer endless(int port, String head, String more) {
            byte[] part = more.getBytes(StandardCharsets.ISO_8859_1);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(StandardCharsets.ISO_8859_1));
                // More than it may take.
                for (long left = 200L * 1024 * 1024; left > 0; left -= part.length) {
                    out.write(part);
                }
                return RawHttp.read(socket.getInputStream());
            } catch (IOException e) {
                return new RawHttp.Answer(0, "");
            }
        }
    }

    private static List<RawHttp.Answer> silent(Doors doors) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), i % 2 == 0 ? doors.apiPort : doors.registryPort);
                socket.getOutputStream().write("GET /".getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            RawHttp.Answer beside = doors.api("GET " + MAPS, "", doors.token());
            // They do not keep out those that may ask.
            return List.of(
                    beside.status() == 200
                            ? new RawHttp.Answer(0, "")
                            : new RawHttp.Answer(200, "it answers " + beside.status()));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static List<String> attacked(ProgramRun run, Scene scene) throws Exception {
        try {
            return run.awaitOutput("Stop it with", START) ? attacked(doors(run, scene)) : List.of("it did not start");
        } finally {
            run.end();
        }
    }

    private static Doors doors(ProgramRun run, Scene scene) throws IOException {
        return new Doors(
                port(run.output(), "Kubernetes API "),
                port(run.output(), "registry "),
                token(scene.folder().resolve("playground.kubeconfig")));
    }

    /** All attacks on one playground, which has to answer after each. */
    private static List<String> attacked(Doors doors) throws Exception {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, Attack> attack : attacks().entrySet()) {
            for (RawHttp.Answer answer : attack.getValue().on(doors)) {
                if (answer.status() >= 200 && answer.status() < 400 || answer.status() >= 500) {
                    problems.add(attack.getKey() + ": it answered "
                            + answer.text().lines().findFirst().orElse(""));
                }
            }
            if (doors.api("GET " + MAPS, "", doors.token()).status() != 200) {
                problems.add(attack.getKey() + ": it no longer answers");
            }
        }
        return problems;
    }

    private static int port(String output, String word) {
        return Integer.parseInt(found(output, word + ".*:(\\d+)"));
    }

    private static String token(Path kubeconfig) throws IOException {
        return "Authorization: Bearer " + found(Files.readString(kubeconfig), "token: (\\S+)");
    }

    private static String found(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("there is no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }
}
