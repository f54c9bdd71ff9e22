package io.jenkins.plugins.mldelivery.image.registry;

import static io.jenkins.plugins.mldelivery.testing.RawServer.http;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.testing.RawServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Test;

/** To whom a login goes, and that no text holds it. */
public class LoginTest {
    private static final String PASSWORD = "s3cret-of-the-robot";
    private static final String BASIC = "Basic " + Base64.getEncoder().encodeToString(("robot:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final List<RawServer> servers = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final KnownSecrets known = new KnownSecrets();

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

    private RegistryClient client(RawServer registry, Login login) {
        return new RegistryClient(registry.address(), settings(login));
    }

    private RegistrySettings settings(Login login) {
        Clock clock = Clock.system();
        return RegistrySettings.of("image", clock, new Deadline(clock, Duration.ofSeconds(20), "20s"))
                .withPatience(Duration.ofSeconds(3), 2)
                .withLogin(login)
                .withRun(known, HostRules.standard())
                .withWarnings(warnings::add);
    }

    private static Login robot() {
        return new Login("robot", SecretText.of(PASSWORD));
    }

    /** A registry that asks for Basic or, with a realm, for a token. */
    private RawServer registry(String realm, RawServer.Script inside) throws Exception {
        return server((request, out) -> {
            if (!request.headers().containsKey("Authorization")) {
                String challenge = realm == null ? "Basic realm=\"x\"" : "Bearer realm=\"" + realm + "\",service=\"s\",scope=\"repository:a:pull\"";
                out.write(http(401, Map.of("WWW-Authenticate", challenge), ""));
            } else if (request.path().equals("/v2/")) {
                out.write(http(200, Map.of(), ""));
            } else {
                inside.answer(request, out);
            }
        });
    }

    private static void found(java.io.OutputStream out) throws Exception {
        out.write(http(200, Map.of("Docker-Content-Digest", Digests.of("m")), ""));
    }

    /** The whole of an exception as a log could print it. */
    private static void assertSecretless(Throwable e, String... secrets) {
        StringWriter all = new StringWriter();
        e.printStackTrace(new PrintWriter(all, true));
        for (String secret : secrets) {
            assertFalse(all.toString(), all.toString().contains(secret));
        }
    }

    @Test(timeout = 60_000)
    public void whichLoginIsMissingIsSaid() throws Exception {
        RawServer registry = registry(null, (request, out) -> found(out));
        String asks = ": the registry '" + registry.address() + "' asks for a login (HTTP 401). ";
        assertEquals("credentialsId" + asks + "Set credentialsId to credentials that may use this repository.", refused(registry, "image"));
        assertEquals("base" + asks + "Set credentialsId if it is the registry of the image as well, or use a base image that needs no login.", refused(registry, "base"));
    }

    private static String refused(RawServer registry, String parameter) {
        RegistrySettings anonymous = RegistrySettings.of(parameter, Clock.system(), new Deadline(Clock.system(), Duration.ofSeconds(20), "20s"));
        return assertThrows(DeliveryException.class, () -> new RegistryClient(registry.address(), anonymous).head("a", "1")).getMessage();
    }

    @Test(timeout = 60_000)
    public void aRedirectToAnotherHostCarriesNoLogin() throws Exception {
        RawServer storage = server((request, out) -> found(out));
        RawServer registry = registry(null, (request, out) -> out.write(http(307, Map.of("Location", "http://" + storage.address() + "/signed"), "")));
        assertTrue(client(registry, robot()).head("a", "1").isPresent());
        assertEquals(BASIC, registry.requests().get(registry.requests().size() - 1).headers().get("Authorization"));
        assertEquals("Basic ****", known.mask(BASIC).replace("=", ""));
        assertEquals(1, storage.requests().size());
        assertNull(storage.requests().get(0).headers().get("Authorization"));
    }

    @Test(timeout = 60_000)
    public void aRedirectToAnotherPortOrNameOfTheSameMachineCarriesNoneEither() throws Exception {
        RawServer storage = server((request, out) -> found(out));
        RawServer registry = registry(null, (request, out) -> {
            if (request.headers().get("Host").startsWith("localhost")) {
                found(out);
            } else {
                out.write(http(302, Map.of("Location", "http://localhost:" + request.headers().get("Host").split(":")[1] + "/v2/a/manifests/1"), ""));
            }
        });
        // Without a login the name localhost is asked for one, and none is sent.
        DeliveryException e = assertThrows(DeliveryException.class, () -> {
            client(registry, robot()).head("a", "1");
        });
        assertEquals(1, registry.requests().stream().filter(r -> r.headers().get("Host").startsWith("localhost")).count());
        assertTrue(registry.requests().stream().filter(r -> r.headers().get("Host").startsWith("localhost")).noneMatch(r -> r.headers().containsKey("Authorization")));
        assertEquals(0, storage.requests().size());
        assertSecretless(e, PASSWORD, BASIC);
    }

    @Test(timeout = 60_000)
    public void theTokenServiceGetsTheLoginAndTheRegistryTheToken() throws Exception {
        RawServer service = server((request, out) -> out.write(http(200, Map.of(), "{\"token\":\"t0ken-of-the-service\",\"expires_in\":300}")));
        RawServer registry = registry("http://" + service.address() + "/token", (request, out) -> found(out));
        RegistryClient client = client(registry, robot());
        assertTrue(client.head("a", "1").isPresent());
        assertTrue(client.head("a", "2").isPresent());
        assertEquals("once", 1, service.requests().size());
        assertEquals(BASIC, service.requests().get(0).headers().get("Authorization"));
        assertTrue(registry.requests().stream().map(r -> r.headers().get("Authorization")).allMatch(a -> a == null || a.equals("Bearer t0ken-of-the-service")));
        assertEquals("the token is learned", "x **** y", known.mask("x t0ken-of-the-service y"));
        assertEquals("on loopback nothing is to be warned about", List.of(), warnings);
    }

    @Test(timeout = 60_000)
    public void lifesOfTokensThatCanNotBeAreClamped() throws Exception {
        for (String life : List.of("9223372036854775807", "-9223372036854775808", "1e308", "-1", "0", "\"x\"", "99999999999999999999999", "[]", "0.5", "null")) {
            RawServer service = server((request, out) -> out.write(http(200, Map.of(), "{\"access_token\":\"abc\",\"expires_in\":" + life + "}")));
            RawServer registry = registry("http://" + service.address() + "/token", (request, out) -> found(out));
            assertTrue(life, client(registry, robot()).head("a", "1").isPresent());
        }
    }

    @Test(timeout = 60_000)
    public void tokensThatCanNotBeSentAreNotShown() throws Exception {
        for (String body : List.of(
                "{\"token\":\"h1dden\\nX-Injected: 1\"}", "{\"token\":\"h1dden " + "x".repeat(20_000) + "\"}", "{\"token\":\"h1dden\u00e9\"}", "{\"token\":\"\"}", "{\"token\":", "[]",
                "h1dden", "{\"token\":\"h1dden\",\"token\":\"h1dden\"}", "{\"token\":" + "[".repeat(100_000))) {
            RawServer service = server((request, out) -> out.write(http(200, Map.of(), body)));
            RawServer registry = registry("http://" + service.address() + "/token", (request, out) -> found(out));
            DeliveryException e = assertThrows(DeliveryException.class, () -> client(registry, robot()).head("a", "1"));
            assertTrue(e.getMessage(), e.getMessage().contains("gave no token that can be sent"));
            assertSecretless(e, "h1dden", PASSWORD, BASIC);
        }
    }

    @Test(timeout = 60_000)
    public void aTokenOfTheUserIsTrimmedOrRefusedWithoutBeingShown() throws Exception {
        RawServer registry = registry(null, (request, out) -> found(out));
        assertTrue(client(registry, new Login(null, SecretText.of(" t0ken\r\n"))).head("a", "1").isPresent());
        assertEquals("Bearer t0ken", registry.requests().get(registry.requests().size() - 1).headers().get("Authorization"));
        for (String token : List.of("t0ken\nX-Injected: 1", "t0ken\u00e9", "t0ken \0")) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> client(registry, new Login(null, SecretText.of(token))).head("a", "1"));
            assertEquals("credentialsId", e.parameter());
            assertSecretless(e, "t0ken");
        }
        assertTrue(registry.requests().stream().noneMatch(r -> r.headers().containsKey("X-Injected")));
    }

    @Test(timeout = 60_000)
    public void theLoginGoesToNoTokenServiceInTheClearThatIsNotOnThisMachine() throws Exception {
        for (String realm : List.of(
                "http://auth.example.com/token", "http://127.0.0.1@auth.example.com/token", "http://user:pw@127.0.0.1:1/token", "ftp://127.0.0.1/", "", "token", "http://", "https:///x",
                "http://[::::]/", "\\\\\\\\", "a".repeat(10_000), "http://0x7f.1/token")) {
            RawServer registry = registry(realm, (request, out) -> found(out));
            DeliveryException e = assertThrows(realm, DeliveryException.class, () -> client(registry, robot()).head("a", "1"));
            assertTrue(e.getMessage(), e.getMessage().contains("the login is not sent there"));
            assertSecretless(e, PASSWORD, BASIC);
        }
    }

    @Test(timeout = 60_000)
    public void noAddressOfTheLocalLinkIsAsked() throws Exception {
        RawServer registry = registry("https://169.254.169.254/token", (request, out) -> found(out));
        DeliveryException e = assertThrows(DeliveryException.class, () -> client(registry, robot()).head("a", "1"));
        assertEquals(Kind.REFUSED, e.kind());
        RawServer redirecting = registry(null, (request, out) -> out.write(http(307, Map.of("Location", "http://169.254.169.254/latest/meta-data"), "")));
        assertEquals(Kind.REFUSED, assertThrows(DeliveryException.class, () -> client(redirecting, robot()).head("a", "1")).kind());
        RegistryClient metadata = new RegistryClient("169.254.169.254", settings(robot()).withInsecure(true));
        assertEquals(Kind.REFUSED, assertThrows(DeliveryException.class, () -> metadata.head("a", "1")).kind());
    }

    @Test(timeout = 60_000)
    public void challengesOfNoSenseAreRefused() throws Exception {
        for (String challenge : List.of("Negotiate", "Bearer realm=\"" + "a".repeat(60_000) + "\"", "\"", "Basic/", "Digest realm=x, " + "x=y, ".repeat(5000) + "Basic realm=z")) {
            RawServer registry = server((request, out) -> out.write(http(401, Map.of("WWW-Authenticate", challenge), "")));
            DeliveryException e = assertThrows(DeliveryException.class, () -> client(registry, robot()).head("a", "1"));
            assertTrue(e.getMessage(), e.getMessage().contains("in an unknown way"));
            assertTrue("no login was sent", registry.requests().stream().noneMatch(r -> r.headers().containsKey("Authorization")));
        }
    }
}
