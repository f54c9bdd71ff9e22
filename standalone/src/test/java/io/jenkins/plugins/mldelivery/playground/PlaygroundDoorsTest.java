package io.jenkins.plugins.mldelivery.playground;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.AfterClass;
import org.junit.Assume;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** No page in the browser of whoever runs the playground, and no other host, gets anything done or told by its servers. */
public class PlaygroundDoorsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String MODEL = "/v2/models/penguins";
    private static final String FEATURES = "{\"inputs\":[{\"data\":[39.1,18.7,181,3750]}]}";

    @Rule
    public final Timeout limit = Timeout.seconds(120);

    private static Playground playground;
    private static int pod;
    private static String image;

    /** What to ask a server for that it answers with 200, and with which headers. */
    private record Door(int port, String request, String... headers) {}

    @BeforeClass
    public static void start() throws Exception {
        playground = Playground.start();
        Environment environment = new Environment(new LocalCommands(), Clock.system(), playground.logins(), EventSink.none());
        image = new BuildImage(WorkspaceBorder.anywhere(Repository.root().resolve("docs/examples/model")), null, environment)
                .run(BuildImageRequest.of("penguins-v1", playground.registry() + "/penguins:1").withCredentialsId(Logins.REGISTRY_ID)).image();
        created(MAPS.replace("configmaps", "services"), "{\"metadata\":{\"name\":\"penguins\"},\"spec\":{\"selector\":{\"app\":\"penguins\"},\"ports\":[{\"port\":80}]}}");
        created(MAPS.replace("configmaps", "pods"),
                "{\"metadata\":{\"name\":\"penguins\",\"labels\":{\"app\":\"penguins\"}},\"spec\":{\"containers\":[{\"name\":\"model\",\"image\":\"" + image + "\"}]}}");
        Pattern port = Pattern.compile("\"playground.ml-delivery.io/port\":\"(\\d+)\"");
        Instant end = Instant.now().plus(Duration.ofSeconds(60));
        Matcher found = port.matcher("");
        while (!found.find() || playground.serviceUrl("default", "penguins") == null) {
            assertTrue("the pod does not get ready", Instant.now().isBefore(end));
            found = port.matcher(RawHttp.send(api(), "GET /api/v1/namespaces/default/pods/penguins", "", token()).text());
        }
        pod = Integer.parseInt(found.group(1));
        while (RawHttp.send(service(), "GET " + MODEL, "").status() == 503) {
            assertTrue("the Service has no pod", Instant.now().isBefore(end));
        }
    }

    @AfterClass
    public static void stop() {
        playground.close();
    }

    private static void created(String path, String json) throws Exception {
        RawHttp.Answer answer = RawHttp.send(api(), "POST " + path, json, token(), "Content-Type: application/json");
        assertEquals(answer.text(), 201, answer.status());
    }

    private static int api() {
        return URI.create(playground.server()).getPort();
    }

    private static int registry() {
        return Integer.parseInt(playground.registry().replaceAll(".*:", ""));
    }

    private static int service() {
        return URI.create(playground.serviceUrl("default", "penguins")).getPort();
    }

    private static String token() {
        return "Authorization: Bearer " + playground.logins().token().reveal();
    }

    private static String login(String user, String password) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String login() {
        return login(playground.logins().registry().username(), playground.logins().registry().secret().reveal());
    }

    private static Map<String, Door> doors() {
        Map<String, Door> doors = new LinkedHashMap<>();
        doors.put("API server", new Door(api(), "GET " + MAPS, token()));
        doors.put("registry", new Door(registry(), "GET /v2/", login()));
        doors.put("service", new Door(service(), "GET " + MODEL));
        doors.put("pod", new Door(pod, "GET " + MODEL));
        return doors;
    }

    private static RawHttp.Answer ask(Door door, String... more) throws Exception {
        List<String> headers = new ArrayList<>(List.of(door.headers()));
        headers.addAll(List.of(more));
        return RawHttp.send(door.port(), door.request(), "", headers.toArray(String[]::new));
    }

    @Test
    public void onlyItsOwnNamesAreAnswered() throws Exception {
        for (Map.Entry<String, Door> door : doors().entrySet()) {
            int port = door.getValue().port();
            for (String host : List.of("127.0.0.1:" + port, "localhost:" + port, "LocalHost:" + port, "[::1]:" + port)) {
                RawHttp.Answer answer = ask(door.getValue(), "Host: " + host);
                assertEquals(door.getKey() + " as " + host + ": " + answer.text(), 200, answer.status());
            }
            for (String host : List.of(
                    "rebound.example:" + port, "127.0.0.1.rebound.example:" + port, "localhost.:" + port, "127.0.0.1", "127.0.0.1:" + (port - 1), "127.0.0.1:0" + port, "127.0.0.1:" + port + "@rebound.example",
                    "2130706433:" + port, "127.1:" + port, "169.254.169.254", "", "*")) {
                RawHttp.Answer answer = ask(door.getValue(), "Host: " + host);
                assertEquals(door.getKey() + " as '" + host + "': " + answer.text(), 403, answer.status());
                assertFalse("what was asked for is not told: " + answer.text(), answer.text().contains("{"));
            }
            assertEquals(door.getKey() + " without Host", 403, ask(door.getValue(), "Host").status());
            assertEquals(door.getKey() + " with two hosts", 403, ask(door.getValue(), "Host: 127.0.0.1:" + port, "Host: rebound.example:" + port).status());
        }
    }

    @Test
    public void aPageOfAnotherSiteGetsNothing() throws Exception {
        for (Map.Entry<String, Door> door : doors().entrySet()) {
            int port = door.getValue().port();
            for (String header : List.of(
                    "Origin: https://site.example", "Origin: null", "Origin: http://localhost:" + (port - 1), "Origin: http://127.0.0.1", "Origin: https://127.0.0.1:" + port,
                    "Origin: http://localhost:" + port, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: unheard-of")) {
                RawHttp.Answer answer = ask(door.getValue(), header);
                assertEquals(door.getKey() + ", " + header + ": " + answer.text(), 403, answer.status());
                assertFalse(answer.text(), answer.hasHeader("Access-Control-"));
            }
            for (String header : List.of("Origin: http://127.0.0.1:" + port, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none")) {
                assertEquals(door.getKey() + ", " + header, 200, ask(door.getValue(), header).status());
            }
            RawHttp.Answer preflight = RawHttp.send(port, "OPTIONS " + MAPS, "", "Origin: https://site.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization");
            assertEquals(door.getKey(), 403, preflight.status());
            assertFalse(preflight.text(), preflight.hasHeader("Access-Control-"));
            RawHttp.Answer good = ask(door.getValue());
            assertFalse(good.text(), good.hasHeader("Access-Control-"));
            assertTrue(good.text(), good.hasHeader("X-Content-Type-Options: nosniff") && good.hasHeader("Cross-Origin-Resource-Policy: same-origin"));
        }
    }

    @Test
    public void aWriteSaysWhatItIs() throws Exception {
        String map = "{\"metadata\":{\"name\":\"posted\"}}";
        for (String type : List.of("Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=x", "Content-Type: text/plain;application/json", "X: y")) {
            for (String request : List.of("POST " + MAPS, "PUT " + MAPS + "/posted", "PATCH " + MAPS + "/posted", "DELETE " + MAPS + "/posted")) {
                assertEquals(request + " " + type, 415, RawHttp.send(api(), request, map, token(), type).status());
            }
            for (String request : List.of("POST /v2/a/blobs/uploads/", "PUT /v2/a/manifests/1", "PATCH /v2/a/blobs/uploads/1")) {
                assertEquals(request + " " + type, 415, RawHttp.send(registry(), request, "{}", login(), type).status());
            }
            assertEquals(type, 415, RawHttp.send(service(), "POST " + MODEL + "/infer", FEATURES, type).status());
            assertEquals(type, 415, RawHttp.send(pod, "POST " + MODEL + "/infer", FEATURES, type).status());
        }
        assertEquals("a merge patch is no object to create", 415, RawHttp.send(api(), "POST " + MAPS, map, token(), "Content-Type: application/merge-patch+json").status());
        assertEquals("nothing of it was made", 404, RawHttp.send(api(), "GET " + MAPS + "/posted", "", token()).status());
        assertEquals(201, RawHttp.send(api(), "POST " + MAPS, map, token(), "Content-Type: application/json; charset=utf-8").status());
        assertEquals(200, RawHttp.send(api(), "PATCH " + MAPS + "/posted", "{\"data\":{\"a\":\"b\"}}", token(), "Content-Type: application/merge-patch+json").status());
        assertEquals(200, RawHttp.send(service(), "POST " + MODEL + "/infer", FEATURES, "Content-Type: application/json").status());
    }

    @Test
    public void nobodyGuessesALogin() throws Exception {
        assertEquals(401, RawHttp.send(api(), "GET " + MAPS, "").status());
        assertEquals(401, RawHttp.send(api(), "GET /healthz", "", "Authorization: Bearer playground").status());
        assertEquals(401, RawHttp.send(api(), "GET " + MAPS, "", token() + "x").status());
        assertEquals(401, RawHttp.send(api(), "GET " + MAPS, "", token(), "Authorization: Bearer x").status());
        RawHttp.Answer without = RawHttp.send(registry(), "GET /v2/", "");
        assertEquals(401, without.status());
        assertTrue(without.text(), without.hasHeader("WWW-Authenticate: Basic realm="));
        String user = playground.logins().registry().username();
        for (String wrong : List.of(login(user, "playground"), login(user, ""), login("root", playground.logins().registry().secret().reveal()), "Authorization: Basic %%%", "Authorization: Basic", token())) {
            assertEquals(wrong, 401, RawHttp.send(registry(), "GET /v2/penguins/tags/list", "", wrong).status());
            assertEquals(wrong, 401, RawHttp.send(registry(), "POST /v2/penguins/blobs/uploads/", "", wrong).status());
        }
        assertEquals(200, RawHttp.send(registry(), "GET /v2/penguins/tags/list", "", login()).status());
        try (Playground other = Playground.start()) {
            assertNotEquals(playground.logins().token(), other.logins().token());
            assertNotEquals(playground.logins().registry().secret(), other.logins().registry().secret());
            assertNotEquals(other.logins().token(), other.logins().registry().secret());
            assertTrue("256 bits", other.logins().token().reveal().matches("[0-9a-f]{64}") && other.logins().registry().secret().reveal().matches("[0-9a-f]{64}"));
        }
    }

    @Test
    public void targetsThatAreNoPathAreRefused() throws Exception {
        for (Map.Entry<String, Door> door : doors().entrySet()) {
            // The service's proxy would put the second one behind "http://127.0.0.1:PORT", and send it to site.example.
            for (String target : List.of("http://site.example/", "@site.example/", "*", "site.example:443", "//site.example/")) {
                RawHttp.Answer answer = RawHttp.send(door.getValue().port(), "GET " + target, "", door.getValue().headers());
                // For some of them the JDK's server itself answers 404, or closes the connection.
                assertTrue(door.getKey() + " " + target + ": " + answer.text(), List.of(0, 400, 404).contains(answer.status()));
            }
        }
    }

    @Test
    public void aProbeStaysWithItsPod() throws Exception {
        try (LoopbackServer elsewhere = LoopbackServer.start(r -> new LoopbackServer.Answer(200, ""))) {
            String probe = "\"readinessProbe\":{\"httpGet\":{\"path\":\"@" + elsewhere.url().substring("http://".length()) + "/\"}}";
            created(MAPS.replace("configmaps", "pods"), "{\"metadata\":{\"name\":\"probed\"},\"spec\":{\"containers\":[{\"name\":\"model\",\"image\":\"" + image + "\"," + probe + "}]}}");
            Instant end = Instant.now().plus(Duration.ofSeconds(30));
            String pod = "";
            while (!pod.contains("\"phase\":\"Running\"")) {
                assertTrue("it does not run: " + pod, Instant.now().isBefore(end));
                pod = RawHttp.send(api(), "GET /api/v1/namespaces/default/pods/probed", "", token()).text();
            }
            // Some probes.
            Thread.sleep(600);
            assertEquals(0, elsewhere.requests().size());
        }
    }

    @Test
    public void everyServerIsBoundToLoopback() throws Exception {
        // Opening a port on all addresses would not be refused while one on loopback alone is there; asking the system is surer.
        List<String> listening = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            if (Files.isReadable(Path.of(table))) {
                Files.readAllLines(Path.of(table)).stream().map(line -> line.strip().split("\\s+")).filter(cells -> cells.length > 3 && cells[3].equals("0A")).forEach(cells -> listening.add(cells[1]));
            }
        }
        Assume.assumeFalse("only Linux tells", listening.isEmpty());
        for (Map.Entry<String, Door> door : doors().entrySet()) {
            String port = ":%04X".formatted(door.getValue().port());
            List<String> addresses = listening.stream().filter(address -> address.endsWith(port)).map(address -> address.replace(port, "")).toList();
            assertTrue(door.getKey() + " " + addresses, Set.of(List.of("0100007F"), List.of("0000000000000000FFFF00000100007F")).contains(addresses));
        }
    }

    @Test
    public void moreThanAServerTakesIsRefused() throws Exception {
        String large = "x".repeat(5 * 1024 * 1024);
        assertEquals(413, RawHttp.send(api(), "POST " + MAPS, large, token(), "Content-Type: application/json").status());
        assertEquals(413, RawHttp.send(registry(), "PUT /v2/a/manifests/1", large, login(), "Content-Type: application/vnd.oci.image.manifest.v1+json").status());
        assertEquals(413, RawHttp.send(service(), "POST " + MODEL + "/infer", large, "Content-Type: application/json").status());
        assertEquals(413, RawHttp.send(pod, "POST " + MODEL + "/infer", large, "Content-Type: application/json").status());
        String chunked = "Transfer-Encoding: chunked\r\nHost: 127.0.0.1:%d\r\n%s\r\n\r\n500000\r\n" + large + "\r\n0\r\n\r\n";
        byte[] unknown = ("POST " + MODEL + "/infer HTTP/1.1\r\n" + chunked.formatted(service(), "Content-Type: application/json")).getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(413, RawHttp.bytes(service(), unknown).status());
        byte[] claimed = ("POST " + MAPS + " HTTP/1.1\r\nHost: 127.0.0.1:" + api() + "\r\n" + token() + "\r\nContent-Type: application/json\r\nContent-Length: 9000000000000000000\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals("refused before it is sent", 413, RawHttp.bytes(api(), claimed).status());
    }
}
