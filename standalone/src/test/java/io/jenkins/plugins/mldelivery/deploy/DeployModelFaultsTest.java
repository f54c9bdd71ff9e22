package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.TestName;

/** Rollouts whose process dies, whose cluster is sick, or who may not do what they want. */
public class DeployModelFaultsTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    @Rule
    public final TestName test = new TestName();

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ToyCluster toy = CLUSTER.toy();
    private Deliveries churn;

    @Before
    public void newModel() {
        churn = Deliveries.ofTest(toy, test);
    }

    @After
    public void removeModel() {
        toy.proxy().faults(request -> FaultProxy.NONE);
        toy.renewLogin(null);
        toy.client().apps().deployments().inNamespace("ml").delete();
    }

    /** Rolls out v2 with an open gate and dies right after a state of this phase was persisted, before anything of it was done. */
    private void killedAt(Phase phase, String image) throws Exception {
        DeployModel deploy = churn.open(image, "build 7", null, state -> {
            churn.saved = state;
            if (state.phase() == phase) {
                throw new Deliveries.Killed();
            }
        });
        try (deploy) {
            if (phase == Phase.ROLLING_BACK) {
                churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
                deploy.abort("aborted by alice");
            }
            churn.tickUntil(deploy, state -> false);
            throw new AssertionError("it was not killed");
        } catch (Deliveries.Killed e) {
            assertEquals(phase, churn.saved.phase());
        }
    }

    @Test
    public void aKilledRolloutGoesOnWhateverItsPhaseWas() throws Exception {
        int version = 1;
        churn.deploy("v1");
        for (Phase phase : List.of(Phase.SCALING_CANARY, Phase.SHIFTING_TRAFFIC, Phase.ANALYSING, Phase.PROMOTING, Phase.ROLLING_BACK)) {
            String before = "v" + version;
            String image = "v" + ++version;
            killedAt(phase, image);
            // As from a file: what was persisted is text.
            RolloutState saved = RolloutState.fromJson(churn.saved.toJson());
            try (DeployModel deploy = churn.open(image, "build 7", saved, state -> churn.saved = state)) {
                DeployModelResult result = churn.tickUntil(deploy, state -> false);
                assertEquals(phase.name(), phase == Phase.ROLLING_BACK ? "rolledBack" : "promoted", result.result());
            }
            assertEquals((phase == Phase.ROLLING_BACK ? before : image) + " x 2", churn.stable());
            assertEquals(2, churn.readyStable());
            assertNull(churn.canary());
            version = phase == Phase.ROLLING_BACK ? version - 1 : version;
        }
        assertTrue(churn.told.notes().stream().anyMatch(n -> n.startsWith("going on with the rollout of ") && n.endsWith("in the phase shifting traffic")));
    }

    @Test
    public void theTimeWithoutAProcessIsNotTakenFromThePods() throws Exception {
        int version = 1;
        churn.deploy("v1");
        for (Phase phase : List.of(Phase.SCALING_CANARY, Phase.PROMOTING, Phase.ROLLING_BACK)) {
            String before = "v" + version;
            String image = "v" + ++version;
            killedAt(phase, image);
            // Longer than the deadline of the pods, and less than the time that the rollout has.
            churn.ahead = churn.ahead.plusMinutes(2);
            try (DeployModel deploy = churn.open(image, "build 7", RolloutState.fromJson(churn.saved.toJson()), state -> churn.saved = state)) {
                DeployModelResult result = churn.tickUntil(deploy, state -> false);
                assertEquals(phase + ": " + result.reason(), phase == Phase.ROLLING_BACK ? Phase.ROLLED_BACK : Phase.COMPLETED, churn.saved.phase());
            }
            assertEquals((phase == Phase.ROLLING_BACK ? before : image) + " x 2", churn.stable());
            assertNull(churn.canary());
        }
    }

    @Test
    public void theTimeWithoutAClusterIsNotTakenFromThePods() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
            deploy.abort("aborted by alice");
            deploy.tick(null);
            assertEquals("nothing of it is done yet", Phase.ROLLING_BACK, churn.saved.phase());
            toy.proxy().faults(request -> 503);
            deploy.tick(null);
            churn.ahead = Duration.ofMinutes(2);
            deploy.tick(null);
            toy.proxy().faults(request -> FaultProxy.NONE);
            churn.tickUntil(deploy, state -> false);
        }
        assertEquals(Phase.ROLLED_BACK, churn.saved.phase());
        assertEquals("v1 x 2", churn.stable());
        assertNull(churn.canary());
    }

    @Test
    public void aKilledFirstInstallGoesOn() throws Exception {
        killedAt(Phase.PROMOTING, "v1");
        assertNull(churn.stable());
        try (DeployModel deploy = churn.open("v1", "build 7", RolloutState.fromJson(churn.saved.toJson()), state -> {})) {
            assertEquals("installed", churn.tickUntil(deploy, state -> false).result());
        }
        assertEquals("v1 x 2", churn.stable());
    }

    @Test
    public void anotherBuildTakesOverWhatADeadOneLeft() throws Exception {
        churn.replicas = 3;
        churn.deploy("v1");
        killedAt(Phase.ANALYSING, "v2");
        assertEquals("v1 x 2", churn.stable());
        assertEquals("v2 x 2", churn.canary());
        churn.ahead = Duration.ofMinutes(7);
        try (DeployModel deploy = churn.open("v3", "build 8")) {
            assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
        }
        assertEquals("v3 x 3", churn.stable());
        assertNull(churn.canary());

        killedAt(Phase.PROMOTING, "v4");
        churn.ahead = Duration.ofMinutes(14);
        DeployModelResult back = churn.deploy("v3");
        assertEquals("unchanged", back.result());
        assertEquals("the old version again: the dead canary goes, its pods come back", "v3 x 3", churn.stable());
        assertEquals(3, churn.readyStable());
        assertNull(churn.canary());
    }

    @Test
    public void aSickApiServerIsWaitedForAndToldOnce() throws Exception {
        churn.deploy("v1");
        for (int fault : new int[] {500, FaultProxy.DROP, 429}) {
            int before = churn.told.warnings().size();
            String image = "v" + (fault + 2);
            try (DeployModel deploy = churn.open(image, "test")) {
                churn.tickUntil(deploy, state -> state.phase() == Phase.SHIFTING_TRAFFIC);
                toy.proxy().faults(request -> fault);
                for (int i = 0; i < 3; i++) {
                    DeployModel.Tick tick = deploy.tick(null);
                    assertTrue("no back-off: " + tick.nextTick(), tick.nextTick().toMillis() >= 1000 << i);
                }
                toy.proxy().faults(request -> FaultProxy.NONE);
                assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
            }
            List<String> told = churn.told.warnings().subList(before, churn.told.warnings().size());
            assertEquals(told.toString(), 1, told.size());
            assertTrue(told.get(0), told.get(0).startsWith("could not read the lease of ") && told.get(0).endsWith("; trying again until it works or the time is over"));
        }
        assertEquals(3, churn.told.notes().stream().filter("the cluster answers again"::equals).count());
    }

    @Test
    public void thatTheTimeIsOverIsToldWhileTheClusterIsAway() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.SHIFTING_TRAFFIC);
            toy.proxy().faults(request -> FaultProxy.DROP);
            deploy.tick(null);
            churn.ahead = Duration.ofMinutes(10);
            deploy.tick(null);
            deploy.tick(null);
            toy.proxy().faults(request -> FaultProxy.NONE);
            assertEquals("rolledBack", churn.tickUntil(deploy, state -> false).result());
        }
        assertEquals(churn.told.warnings().toString(), 1, churn.told.warnings().stream().filter(w -> w.matches("timeout is over; waiting up to \\d+s longer for the cluster, so that the rollout can be ended in order")).count());
    }

    @Test
    public void everyOtherCallMayFail() throws Exception {
        churn.deploy("v1");
        int[] calls = {0};
        toy.proxy().faults(request -> ++calls[0] % 7 == 3 ? 500 : ++calls[0] % 11 == 5 ? 503 : FaultProxy.NONE);
        try (DeployModel deploy = churn.open("v2", "test")) {
            assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
        }
        assertEquals("v2 x 2", churn.stable());
    }

    private void promotedAfterItsLoginWasRenewed(Phase phase, Runnable renew, Runnable end) throws Exception {
        int before = churn.told.warnings().size();
        try (DeployModel deploy = churn.open("v" + (phase.ordinal() + 2), "test")) {
            churn.tickUntil(deploy, state -> state.phase() == phase);
            end.run();
            for (int i = 0; i < 3; i++) {
                DeployModel.Tick tick = deploy.tick(null);
                assertTrue("no back-off: " + tick.nextTick(), tick.nextTick().toMillis() >= 1000 << i);
            }
            assertEquals(phase, deploy.state().phase());
            renew.run();
            assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
        }
        List<String> told = churn.told.warnings().subList(before, churn.told.warnings().size());
        assertEquals(told.toString(), 1, told.size());
        assertTrue(told.get(0), told.get(0).endsWith(
                "(Unauthorized); the cluster refuses the login, which is read anew until it works or the time is over"));
    }

    @Test
    public void aLoginThatEndsInTheMiddleIsReadAnew() throws Exception {
        churn.deploy("v1");
        String[] token = {"toy-token"};
        churn.access = () -> ClusterAccess.server(toy.proxy().url(), null, SecretText.of(token[0]));
        for (Phase phase : List.of(Phase.SHIFTING_TRAFFIC, Phase.ANALYSING, Phase.PROMOTING)) {
            String next = "token-of-" + phase;
            promotedAfterItsLoginWasRenewed(phase, () -> token[0] = next, () -> toy.renewLogin(next));
        }
        try (DeployModel deploy = churn.open("v9", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
            var metrics = deploy.podMetrics();
            toy.renewLogin("another");
            deploy.abort("aborted by alice");
            deploy.tick(null);
            token[0] = "another";
            deploy.tick(null);
            assertEquals("not read by the new login", 2, metrics.scrape(Track.CANARY).size());
            assertEquals("rolledBack", churn.tickUntil(deploy, state -> false).result());
        }
        assertNull(churn.canary());
    }

    /** The text of the kubeconfig stays as it is. */
    @Test
    public void aTokenFileThatIsWrittenAnewIsReadAnew() throws Exception {
        Path file = folder.newFile().toPath();
        Files.writeString(file, "toy-token\n");
        ClusterAccess own = new ClusterAccess.Own(SecretText.of("""
                apiVersion: v1
                kind: Config
                current-context: c
                clusters: [{name: k, cluster: {server: "%s"}}]
                users: [{name: u, user: {tokenFile: %s}}]
                contexts: [{name: c, context: {cluster: k, user: u}}]
                """.formatted(toy.proxy().url(), file)), null, "/", Map.of(), Duration.ofSeconds(30));
        churn.access = own;
        churn.deploy("v1");
        promotedAfterItsLoginWasRenewed(Phase.ANALYSING, () -> write(file, "rotated"), () -> toy.renewLogin("rotated"));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    public void aLoginForAnotherServerIsNoRenewal() throws Exception {
        churn.deploy("v1");
        String[] url = {toy.proxy().url()};
        churn.access = () -> ClusterAccess.server(url[0], null, SecretText.of("toy-token"));
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
            toy.renewLogin("another");
            url[0] = toy.cluster().url();
            deploy.tick(null);
            deploy.tick(null);
            assertEquals(Phase.ANALYSING, deploy.state().phase());
            List<String> told = churn.told.warnings();
            assertTrue(told.toString(), told.get(told.size() - 1).startsWith(
                    "the login can't be read anew: cluster: the access leads to another API server now, "));
            toy.renewLogin(null);
            assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
        }
    }

    @Test
    public void aRefusedLoginAtTheBeginningIsTheLogins() throws Exception {
        toy.renewLogin("another");
        DeliveryException e = refused("v1");
        assertEquals(DeliveryException.Kind.REFUSED, e.kind());
        assertTrue(e.getMessage(), e.getMessage().endsWith(
                "(Unauthorized). Check the credentials for the cluster, which may have expired."));
    }

    /** The patience of the middle of a rollout, also at its beginning; an address that nobody answers is not waited for. */
    @Test
    public void aBusyApiServerIsWaitedForAtTheBeginning() throws Exception {
        for (int fault : new int[] {429, 503}) {
            int before = churn.told.warnings().size();
            toy.proxy().faults(request -> fault);
            try (DeployModel deploy = churn.open("v" + fault, "test")) {
                for (int i = 0; i < 3; i++) {
                    assertNull(deploy.tick(null).result());
                }
                toy.proxy().faults(request -> FaultProxy.NONE);
                assertNotNull(churn.tickUntil(deploy, state -> false).result());
            }
            assertEquals(1, churn.told.warnings().size() - before);
        }
        toy.proxy().faults(request -> 503);
        try (DeployModel deploy = churn.open("v9", "test")) {
            deploy.tick(null);
            churn.ahead = Duration.ofMinutes(1);
            DeliveryException e = assertThrows(DeliveryException.class, () -> deploy.tick(null));
            assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
            assertTrue(e.getMessage(), e.getMessage().endsWith("try again when it is less busy."));
        }
    }

    @Test
    public void anUnreachableClusterIsOneSentenceWithinSeconds() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        churn.access = ClusterAccess.server("http://127.0.0.1:" + port, null, SecretText.of("token"));
        long start = System.nanoTime();
        DeliveryException e = refused("v1");
        assertTrue("it took long", System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20));
        assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
        assertEquals("cluster", e.parameter());
        oneSentence(e);
    }

    @Test
    public void aMissingNamespaceIsNamedBeforeAnythingIsTouched() throws Exception {
        churn.namespace = "nowhere";
        DeliveryException e = refused("v1");
        assertEquals("namespace: there is no namespace 'nowhere' in the cluster. Create it first, for example with mlProvision.", e.getMessage());
    }

    @Test
    public void aMissingPermissionIsNamedBeforeAnythingIsTouched() throws Exception {
        for (String resource : List.of("/leases", "/deployments", "/services")) {
            toy.proxy().faults(request -> request.contains(resource) ? 403 : FaultProxy.NONE);
            assertTrue(refused("v1").getMessage().startsWith("cluster: a rollout in namespace 'ml' needs rights that its user does not have: "));
            // A server that does not say what is permitted shows it in what is tried.
            toy.proxy().faults(request -> request.contains(resource) || request.endsWith("/selfsubjectaccessreviews") ? 403 : FaultProxy.NONE);
            DeliveryException e = refused("v1");
            assertEquals(DeliveryException.Kind.REFUSED, e.kind());
            assertTrue(e.getMessage(), e.getMessage().startsWith("cluster: could not ") && e.getMessage().contains("the user may not do that here"));
            oneSentence(e);
        }
        // Reading the Namespace object is more than a rollout needs.
        toy.proxy().faults(request -> request.startsWith("GET /api/v1/namespaces/ml ") || request.equals("GET /api/v1/namespaces/ml") ? 403 : FaultProxy.NONE);
        assertEquals("installed", churn.deploy("v1").result());
    }

    @Test
    public void aRightThatOnlyALaterStepNeedsIsAskedForBeforeAnythingIsTouched() throws Exception {
        churn.deploy("v1");
        toy.proxy().faults(request -> request.startsWith("DELETE") && request.contains("/deployments") || request.startsWith("GET") && request.endsWith("/pods") ? 403 : FaultProxy.NONE);
        DeliveryException e = refused("v2");
        assertEquals(
                "cluster: a rollout in namespace 'ml' needs rights that its user does not have: delete deployments, list pods. Add them to the user's Role; nothing was touched.", e.getMessage());
        assertEquals(DeliveryException.Kind.REFUSED, e.kind());
        // A Role may name the objects.
        toy.proxy().faults(request -> request.startsWith("DELETE") && request.endsWith("/deployments/") ? 403 : FaultProxy.NONE);
        assertEquals("promoted", churn.deploy("v2").result());
    }

    @Test
    public void anImpossibleModelIsRefusedByTheClusterBeforeAnythingIsTouched() throws Exception {
        toy.proxy().faults(request -> request.contains("dryRun=All") && request.contains("/deployments") ? 422 : FaultProxy.NONE);
        assertTrue(refused("v1").getMessage().startsWith("cluster: could not apply Deployment "));
    }

    @Test
    public void whatTheClusterRefusesOnTheWayIsUndone() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.PROMOTING);
            toy.proxy().faults(request -> request.startsWith("PATCH") && request.contains("/deployments/" + churn.model + "?") ? 403 : FaultProxy.NONE);
            DeployModelResult result = churn.tickUntil(deploy, state -> false);
            assertEquals("rolledBack", result.result());
            assertTrue(result.reason(), result.reason().startsWith("cluster: could not apply Deployment " + churn.model + ": "));
        }
        assertEquals("v1 x 2", churn.stable());
        assertNull(churn.canary());
    }

    @Test
    public void whatCanNotBeUndoneIsNamed() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
            deploy.abort("aborted by alice");
            toy.proxy().faults(request -> request.startsWith("DELETE") ? 403 : FaultProxy.NONE);
            DeliveryException e = assertThrows(DeliveryException.class, () -> churn.tickUntil(deploy, state -> false));
            assertTrue(e.getMessage(), e.getMessage().startsWith("aborted by alice; the rollout of ml/" + churn.model + " could not be undone: cluster: could not delete Deployment "));
            oneSentence(e);
        }
    }

    private DeliveryException refused(String image) {
        int writes = toy.proxy().writes().size();
        DeliveryException e = assertThrows(DeliveryException.class, () -> churn.deploy(image));
        assertEquals("something was touched", List.of(), toy.proxy().writes().subList(writes, toy.proxy().writes().size()));
        toy.proxy().faults(request -> FaultProxy.NONE);
        assertNull("a lease was left", toy.client().leases().inNamespace("ml").withName(churn.model).get());
        return e;
    }

    @Test
    public void aRouteThatSomebodyWritesWhileItIsLookedAtIsLookedAtAgain() throws Exception {
        ResourceDefinitionContext type = new ResourceDefinitionContext.Builder()
                .withGroup("networking.istio.io").withVersion("v1").withPlural("virtualservices").withKind("VirtualService").withNamespaced(true).build();
        GenericKubernetesResource route = new GenericKubernetesResourceBuilder()
                .withApiVersion("networking.istio.io/v1").withKind("VirtualService").withNewMetadata().withName(churn.model).withNamespace("ml").endMetadata()
                .addToAdditionalProperties("spec", Map.of("hosts", List.of(churn.model), "http", List.of(Map.of("route", List.of(Map.of("destination", Map.of("host", churn.model)))))))
                .build();
        toy.client().genericKubernetesResources(type).inNamespace("ml").resource(route).create();
        AtomicInteger conflicts = new AtomicInteger(2);
        toy.proxy().faults(request -> request.startsWith("PUT") && request.contains("/virtualservices/" + churn.model + "?dryRun=All") && conflicts.getAndDecrement() > 0 ? 409 : FaultProxy.NONE);
        DeployModelRequest request = churn.request("v1").withStrategy(new Strategy.Canary(List.of(50), "0s", null), new TrafficKind.Istio(churn.model, null));
        try (DeployModel deploy =
                new DeployModel(request, toy.connections(), churn.access, null, Deployers.of("build 1"), state -> {},
                churn.environment())) {
            assertEquals("installed", churn.tickUntil(deploy, state -> false).result());
        }
        assertTrue("the route was never in conflict", conflicts.get() < 0);
    }

    private static void oneSentence(DeliveryException e) {
        String message = e.getMessage();
        assertTrue(message, message.endsWith(".") && !message.contains("\n") && !message.contains("..") && !message.contains("Exception"));
    }
}
