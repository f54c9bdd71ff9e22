package io.jenkins.plugins.mldelivery.image.registry;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.testing.HostileRegistry;
import io.jenkins.plugins.mldelivery.testing.RawServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

/** Eight builds at once, each with a hostile registry of every kind, in a program of 256 MiB: none of them runs out of memory. */
public class RegistryMemoryTest {
    private static final int AT_ONCE = 8;

    @Test(timeout = 120_000)
    public void noRegistryFillsTheMemory() throws Exception {
        List<RawServer> servers = new ArrayList<>();
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path"), Clients.class.getName()));
            for (RawServer.Script script : HostileRegistry.KINDS.values()) {
                RawServer server = RawServer.start((request, out) -> {
                    if (request.path().equals("/v2/")) {
                        out.write(RawServer.http(200, Map.of(), ""));
                    } else {
                        script.answer(request, out);
                    }
                });
                servers.add(server);
                command.add(server.address());
            }
            Process clients = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(clients.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            clients.waitFor(30, TimeUnit.SECONDS);
            assertEquals(said, 0, clients.exitValue());
        } finally {
            for (RawServer server : servers) {
                server.close();
            }
        }
    }

    /** The other program. */
    public static final class Clients {
        private Clients() {}

        /** Asks each registry, {@link #AT_ONCE} times at once; ends with 0 when each call ended with an exception of the engine. */
        public static void main(String[] registries) throws Exception {
            for (String registry : registries) {
                ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
                List<Future<String>> calls = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    calls.add(threads.submit(() -> ask(registry)));
                }
                for (Future<String> call : calls) {
                    String said = call.get(40, TimeUnit.SECONDS);
                    if (said == null) {
                        System.out.println(registry + " gave an image");
                        System.exit(1);
                    }
                }
                threads.shutdownNow();
            }
            System.exit(0);
        }

        private static String ask(String registry) throws InterruptedException {
            Deadline deadline = new Deadline(Clock.system(), Duration.ofSeconds(15), "15s");
            RegistrySettings settings = RegistrySettings.of("image", Clock.system(), deadline)
                    .withPatience(Duration.ofSeconds(3), 2)
                    .withLogin(new Login("robot", SecretText.of("password")));
            try {
                new RegistryClient(registry, settings).pull("a", "1", Platform.LINUX_AMD64);
                return null;
            } catch (DeliveryException e) {
                return e.getMessage();
            }
        }
    }
}
