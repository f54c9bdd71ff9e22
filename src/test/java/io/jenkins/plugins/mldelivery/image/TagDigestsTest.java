package io.jenkins.plugins.mldelivery.image;

import static io.jenkins.plugins.mldelivery.testing.RawServer.http;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.AbortableWork;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.ImageDigests;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import io.jenkins.plugins.mldelivery.image.registry.RegistrySettings;
import io.jenkins.plugins.mldelivery.testing.HangingNames;
import io.jenkins.plugins.mldelivery.testing.HostileRegistry;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.RawServer;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a tag names, by registries of every kind, and in bounded time by those that don't say it. */
public class TagDigestsTest {
    private static final String PASSWORD = "s3cret-of-the-robot";
    private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[]}";
    private static final String DIGEST = Digests.of(INDEX);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final List<RawServer> servers = new ArrayList<>();
    private final Told told = new Told();
    private final KnownSecrets known = new KnownSecrets();
    private HostRules hosts = HostRules.standard();

    @After
    public void stop() throws Exception {
        for (RawServer server : servers) {
            server.close();
        }
    }

    private RawServer server(RawServer.Script script) throws Exception {
        RawServer server = RawServer.start(script);
        servers.add(server);
        return server;
    }

    /** A registry without a login, which answers for its manifests as the script says. */
    private RawServer registry(RawServer.Script manifests) throws Exception {
        return server((request, out) -> {
            if (request.path().equals("/v2/")) {
                out.write(http(200, Map.of(), "{}"));
            } else {
                manifests.answer(request, out);
            }
        });
    }

    private TagDigests digests(String credentialsId, Duration time) {
        Environment environment = new Environment(
                new LocalCommands(), Clock.system(), this::login, told, known, hosts);
        return new TagDigests(credentialsId, environment, time);
    }

    private Optional<Login> login(String id) {
        return id.equals("robot") ? Optional.of(new Login("robot", SecretText.of(PASSWORD))) : Optional.empty();
    }

    private ImageDigests.Answer look(String credentialsId, String image) throws Exception {
        return digests(credentialsId, TagDigests.TIME).look(ImageReference.parse("image", image));
    }

    private String problem(String image) throws Exception {
        ImageDigests.Answer answer = look(null, image);
        assertNull(answer.digest());
        return answer.problem();
    }

    @Test(timeout = 60_000)
    public void itIsTheDigestOfWhatTheTagNamesEvenOfAnIndex() throws Exception {
        Map<String, String> headers = Map.of("Docker-Content-Digest", DIGEST, "Content-Type", MediaTypes.OCI_INDEX);
        RawServer registry = registry((request, out) -> out.write(http(200, headers, request.method().equals("HEAD") ? "" : INDEX)));
        assertEquals(DIGEST, look(null, registry.address() + "/team/churn:1.4").digest());
        assertEquals(DIGEST, look(null, registry.address() + "/team/churn").digest());
        List<RawServer.Request> asked = registry.requests().stream().filter(r -> !r.path().equals("/v2/")).toList();
        assertEquals(List.of("HEAD /v2/team/churn/manifests/1.4", "HEAD /v2/team/churn/manifests/latest"),
                asked.stream().map(r -> r.method() + " " + r.path()).toList());
        for (String type : MediaTypes.MANIFESTS) {
            assertTrue(asked.get(0).headers().get("Accept").contains(type));
        }
    }

    @Test(timeout = 60_000)
    public void withoutTheHeaderTheDocumentTells() throws Exception {
        RawServer registry = registry((request, out) -> out.write(http(
                200, Map.of("Content-Type", MediaTypes.OCI_INDEX), request.method().equals("HEAD") ? "" : INDEX)));
        assertEquals(DIGEST, look(null, registry.address() + "/churn:1").digest());
    }

    /** Registries and proxies that refuse HEAD are as many as those that leave its digest out. */
    @Test(timeout = 60_000)
    public void whereHeadIsRefusedTheDocumentTells() throws Exception {
        for (int status : new int[] {400, 404, 405, 501}) {
            RawServer registry = registry((request, out) -> out.write(request.method().equals("HEAD")
                    ? http(status, Map.of(), "")
                    : http(200, Map.of("Content-Type", MediaTypes.OCI_INDEX), INDEX)));
            assertEquals("" + status, DIGEST, look(null, registry.address() + "/churn:1").digest());
        }
    }

    @Test(timeout = 60_000)
    public void thePageOfAProxyIsNoImage() throws Exception {
        for (String page : List.of("<html>Sign in</html>", "", "{}", "{\"schemaVersion\":1}")) {
            RawServer registry = registry((request, out) -> out.write(
                    http(200, Map.of("Content-Type", "text/html"), request.method().equals("HEAD") ? "" : page)));
            String problem = problem(registry.address() + "/churn:1");
            assertTrue(problem, problem.contains(" with what is no image: "));
        }
    }

    @Test(timeout = 60_000)
    public void howLongARegistryWantsToBeLeftAloneIsSaid() throws Exception {
        RawServer registry = registry((request, out) -> out.write(http(429, Map.of("Retry-After", "3600"), "")));
        String problem = problem(registry.address() + "/churn:1");
        assertTrue(problem, problem.contains("429") && problem.contains("the server asks to wait 1h"));
    }

    @Test
    public void dockerHubHasSeveralNames() throws Exception {
        for (String name : List.of("nginx", "docker.io/nginx", "library/nginx", "index.docker.io/nginx", "docker.io/library/nginx")) {
            assertEquals(name, "docker.io/library/nginx:1", ImageReference.parse("image", name + ":1").toString());
        }
    }

    @Test(timeout = 60_000)
    public void aHeaderThatIsNotTheDocumentsIsNotBelieved() throws Exception {
        RawServer registry = registry((request, out) -> out.write(http(
                200, Map.of("Docker-Content-Digest", request.method().equals("HEAD") ? "sha256:x" : Digests.of("other")),
                request.method().equals("HEAD") ? "" : INDEX)));
        String problem = problem(registry.address() + "/churn:1");
        assertTrue(problem, problem.contains(" gave wrong content for the manifest: "));
    }

    @Test(timeout = 60_000)
    public void whatCanNotBeFoundOutIsSaid() throws Exception {
        RawServer empty = registry((request, out) -> out.write(http(404, Map.of(), "")));
        assertEquals("the registry '" + empty.address() + "' has no image team/churn:1", problem(empty.address() + "/team/churn:1"));
        RawServer locked = server((request, out) -> out.write(http(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "")));
        assertEquals("the registry '" + locked.address() + "' asks for a login (HTTP 401), and the rollout has no credentials for it", problem(locked.address() + "/churn:1"));
        String closed = "127.0.0.1:" + LoopbackServer.closedPort();
        assertEquals("the registry '" + closed + "' can't be reached (connection refused)", problem(closed + "/churn:1"));
        hosts = HostRules.of("allowedHosts", List.of("registry.example.com"));
        assertTrue(problem(empty.address() + "/churn:1"), problem(empty.address() + "/churn:1").contains("127.0.0.1"));
        assertEquals("a refused host is not asked", 3, empty.requests().size());
    }

    @Test(timeout = 60_000)
    public void theLoginGoesToTheRegistryAloneAndStaysOutOfTexts() throws Exception {
        RawServer storage = server((request, out) -> out.write(http(200, Map.of("Docker-Content-Digest", DIGEST), "")));
        RawServer registry = server((request, out) -> {
            if (!request.headers().containsKey("Authorization")) {
                out.write(http(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
            } else {
                out.write(http(307, Map.of("Location", "http://" + storage.address() + "/signed"), ""));
            }
        });
        assertEquals(DIGEST, look("robot", registry.address() + "/churn:1").digest());
        assertFalse(storage.requests().get(0).headers().containsKey("Authorization"));
        assertFalse(known.mask("it is " + PASSWORD).contains(PASSWORD));
        assertFalse(told.toString(), told.toString().contains(PASSWORD));
        DeliveryException wrong = assertThrows(DeliveryException.class, () -> look("nobody", registry.address() + "/churn:1"));
        assertEquals("registryCredentialsId", wrong.parameter());
    }

    @Test(timeout = 60_000)
    public void aLoginThatIsGivenAndRefusedEndsIt() throws Exception {
        RawServer locked = server((request, out) -> out.write(http(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "")));
        DeliveryException refused = assertThrows(DeliveryException.class, () -> look("robot", locked.address() + "/churn:1"));
        assertEquals("registryCredentialsId: the registry '" + locked.address() + "' refuses the login (HTTP 401). Check these credentials"
                + " and what they may do in this repository, or leave them out.", refused.getMessage());
        assertEquals(DeliveryException.Kind.REFUSED, refused.kind());
    }

    @Test(timeout = 120_000)
    public void hostileAnswersEndInTime() throws Exception {
        for (Map.Entry<String, RawServer.Script> kind : HostileRegistry.KINDS.entrySet()) {
            RawServer registry = registry(kind.getValue());
            long start = System.nanoTime();
            ImageDigests.Answer answer =
                    digests(null, Duration.ofSeconds(3)).look(ImageReference.parse("image", registry.address() + "/churn:1"));
            assertTrue(kind.getKey(), Duration.ofNanos(System.nanoTime() - start).toSeconds() < 10);
            assertTrue(kind.getKey(), answer.digest() == null || Digests.isDigest(answer.digest()));
            assertTrue(kind.getKey(), answer.digest() != null || answer.problem().length() < 2000);
        }
    }

    @Test(timeout = 60_000)
    public void aRegistryThatIsSilentCostsItsTimeAndNoMore() throws Exception {
        RawServer registry = server((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write("X-Drop: 1\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                Thread.sleep(100);
            }
        });
        long start = System.nanoTime();
        ImageDigests.Answer answer =
                digests(null, Duration.ofSeconds(2)).look(ImageReference.parse("image", registry.address() + "/churn:1"));
        assertEquals("the registry '" + registry.address() + "' did not give it within 2s", answer.problem());
        assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 5);
        assertTrue("what is no failure is not warned of", told.warnings().isEmpty());
    }

    @Test(timeout = 60_000)
    public void whatWasPushedToARealRegistryIsFound() throws Exception {
        Path folder = temporary.newFolder("registry").toPath();
        try (DebianRegistry real = DebianRegistry.start(folder, "robot", PASSWORD)) {
            Clock clock = Clock.system();
            RegistrySettings settings = RegistrySettings.of("image", clock, new Deadline(clock, Duration.ofSeconds(20), "20s"))
                    .withLogin(login("robot").orElseThrow());
            try (RegistryClient client = new RegistryClient(real.address(), settings)) {
                String index = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_INDEX + "\",\"manifests\":[]}";
                for (String pushed : List.of(index, index.replace("[]", "[ ]"))) {
                    client.putManifest("team/churn", "1", MediaTypes.OCI_INDEX, pushed.getBytes(StandardCharsets.UTF_8));
                    assertEquals(Digests.of(pushed), look("robot", real.address() + "/team/churn:1").digest());
                }
            }
            assertEquals("the registry '" + real.address() + "' has no image team/churn:2", look("robot", real.address() + "/team/churn:2").problem());
            String refused = look(null, real.address() + "/team/churn:1").problem();
            assertTrue(refused, refused.startsWith("the registry '" + real.address() + "' asks for a login (HTTP 401"));
        }
    }

    /** A step in a loop that is aborted each time: the wait for a name server ends at once, and its thread does not. */
    @Test(timeout = 60_000)
    public void looksThatAreGivenUpTakeNoMoreThreadsThanTheirOwnerMayHave() throws Exception {
        int share = 3;
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (HangingNames names = new HangingNames(share)) {
            Environment environment = new Environment(
                    new LocalCommands(), Clock.system(), this::login, told, known, hosts,
                    names.of(Owner.ofJob("greedy")));
            for (int i = 0; i < 4 * share; i++) {
                AbortableWork work = new AbortableWork();
                ImageReference image = ImageReference.parse("image", "r" + i + ".example.invalid/churn:1");
                timer.schedule(work::abort, 30, TimeUnit.MILLISECONDS);
                assertThrows(InterruptedException.class, () -> work.run(() -> new TagDigests(null, environment).look(image)));
            }
            while (names.kept() < share) {
                Thread.sleep(5);
            }
            assertEquals(share, names.kept());
        } finally {
            timer.shutdownNow();
        }
    }
}
