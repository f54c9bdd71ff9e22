package io.jenkins.plugins.mldelivery.image.registry;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.ConnectProxy;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The ways to a registry: TLS with a certificate that nobody vouches for, and the proxy that the whole Java process is set up with. */
public class WaysTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ProxySelector before = ProxySelector.getDefault();

    @After
    public void restore() {
        ProxySelector.setDefault(before);
    }

    private static boolean has(String registry, boolean insecure) throws Exception {
        Deadline deadline = new Deadline(Clock.system(), Duration.ofSeconds(20), "20s");
        RegistrySettings settings = RegistrySettings.of("image", Clock.system(), deadline).withPatience(Duration.ofSeconds(3), 2).withInsecure(insecure);
        try (RegistryClient client = new RegistryClient(registry, settings)) {
            return client.head("a", "1").isPresent();
        }
    }

    private static LoopbackServer.Answer answer(LoopbackServer.Request request) {
        return new LoopbackServer.Answer(200, "", request.path().equals("/v2/") ? Map.of() : Map.of("Docker-Content-Digest", Digests.of("m")));
    }

    private SSLContext selfSigned() throws Exception {
        KeyStore own = new Certificates(folder.getRoot().toPath()).create("server");
        return Certificates.context(own, own);
    }

    private static String host(LoopbackServer server) {
        return URI.create(server.url()).getAuthority();
    }

    @Test(timeout = 60_000)
    public void aCertificateThatNobodyVouchesForIsForInsecureOnly() throws Exception {
        try (LoopbackServer registry = LoopbackServer.startTls(selfSigned(), false, WaysTest::answer)) {
            assertTrue(has(host(registry), true));
            int requests = registry.requests().size();
            DeliveryException e = assertThrows(DeliveryException.class, () -> has(host(registry), false));
            assertEquals(Kind.UNREACHABLE, e.kind());
            assertTrue(e.getMessage(), e.getMessage().contains("can't be reached (TLS: "));
            assertTrue(e.getMessage(), e.getMessage().endsWith("Let the agent's Java trust the registry's certificate, or set insecure if it has none."));
            assertEquals(requests, registry.requests().size());
        }
    }

    /** The token service gets the login, and where the storage is, is what the registry says. */
    @Test(timeout = 60_000)
    public void insecureCoversTheRegistrysOwnHostAlone() throws Exception {
        SSLContext tls = selfSigned();
        try (LoopbackServer other = LoopbackServer.startTls(tls, false, r -> new LoopbackServer.Answer(200, "{\"token\":\"t\"}"))) {
            String elsewhere = other.url().replace("127.0.0.1", "localhost");
            for (boolean tokens : new boolean[] {true, false}) {
                Map<String, String> sends = tokens
                        ? Map.of("WWW-Authenticate", "Bearer realm=\"" + elsewhere + "/token\"")
                        : Map.of("Location", elsewhere + "/storage");
                try (LoopbackServer registry = LoopbackServer.startTls(tls, false, request -> request.path().equals("/v2/") && !tokens
                        ? new LoopbackServer.Answer(200, "")
                        : new LoopbackServer.Answer(tokens ? 401 : 307, "", sends))) {
                    DeliveryException e = assertThrows(DeliveryException.class, () -> has(host(registry), true));
                    assertTrue(e.getMessage(), e.getMessage().contains("TLS: "));
                }
            }
            assertTrue(other.requests().toString(), other.requests().isEmpty());
        }
    }

    @Test(timeout = 60_000)
    public void aTokenServiceOnTheRegistrysHostIsAsInsecureAsItIs() throws Exception {
        SSLContext tls = selfSigned();
        try (LoopbackServer tokens = LoopbackServer.startTls(tls, false, r -> new LoopbackServer.Answer(200, "{\"token\":\"t\"}"));
                LoopbackServer registry = LoopbackServer.startTls(tls, false, request -> "Bearer t".equals(request.authorization())
                        ? answer(request)
                        : new LoopbackServer.Answer(401, "", Map.of("WWW-Authenticate", "Bearer realm=\"" + tokens.url() + "/token\"")))) {
            assertTrue(has(host(registry), true));
        }
    }

    /** The proxy resolves the name; here it has no address. */
    @Test(timeout = 60_000)
    public void theProxyOfTheProcessIsUsedWithAndWithoutTls() throws Exception {
        try (LoopbackServer tls = LoopbackServer.startTls(selfSigned(), false, WaysTest::answer);
                ConnectProxy tunnels = new ConnectProxy(URI.create(tls.url()).getPort(), 200);
                LoopbackServer plain = LoopbackServer.start(WaysTest::answer);
                ConnectProxy refuses = new ConnectProxy(1, 407)) {
            String name = "registry.does-not-exist.invalid:5000";
            proxy(tunnels.address());
            assertTrue(has(name, true));
            assertEquals("CONNECT " + name + " HTTP/1.1", tunnels.asked().get(0));

            proxy(host(plain));
            assertTrue("plain HTTP goes on when the proxy makes no tunnel", has(name, true));
            assertTrue(plain.requests().toString(), plain.requests().stream().anyMatch(r -> r.method().equals("HEAD") && name.equals(r.header("Host"))));

            proxy(refuses.address());
            DeliveryException e = assertThrows(DeliveryException.class, () -> has(name, false));
            assertTrue(e.getMessage(), e.getMessage().contains("HTTP 407"));

            ProxySelector.setDefault(null);
            DeliveryException unknown = assertThrows(DeliveryException.class, () -> has(name, false));
            assertTrue(unknown.getMessage(), unknown.getMessage().contains("the host name is unknown"));
        }
    }

    private static void proxy(String address) {
        InetSocketAddress at = new InetSocketAddress("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)));
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(new Proxy(Proxy.Type.HTTP, at));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {
                // Each test says what it expects.
            }
        });
    }
}
