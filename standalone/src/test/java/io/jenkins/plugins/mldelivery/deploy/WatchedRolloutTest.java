package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.jenkins.plugins.mldelivery.delivery.BackgroundGate;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;

/** Rollouts in real time, as the command line runs them: woken by the cluster's changes, and without that by polling. */
public class WatchedRolloutTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    @Rule
    public final TestName test = new TestName();

    private final ToyCluster toy = CLUSTER.toy();
    private Deliveries churn;

    @Before
    public void newModel() {
        churn = Deliveries.ofTest(toy, test);
    }

    @After
    public void removeModel() {
        toy.proxy().faults(request -> FaultProxy.NONE);
        toy.client().apps().deployments().inNamespace("ml").delete();
    }

    private DeployModel open(String image) throws Exception {
        Environment ports = churn.environment();
        return new DeployModel(
                churn.request(image), toy.connections(), churn.access, null, Deployers.of("test"), StateStore.none(),
                new Environment(ports.commands(), Clock.system(), ports.secrets(), ports.events()));
    }

    private static void await(String what, Clause condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.holds()) {
            assertTrue("it did not happen: " + what, System.nanoTime() < end);
            Thread.sleep(5);
        }
    }

    @FunctionalInterface
    private interface Clause {
        boolean holds() throws Exception;
    }

    @Test
    public void aWaitingRolloutDoesNotPollAndIsWokenByTheCluster() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = open("unready")) {
            Object woken = new Object();
            int[] wakes = {0};
            deploy.onChange(() -> {
                synchronized (woken) {
                    wakes[0]++;
                }
            });
            await("the pod that never gets ready", () -> {
                deploy.tick(null);
                Thread.sleep(20);
                return churn.told.of(Event.Progress.class).size() > 0 && deploy.watched() && running() > 0;
            });
            DeployModel.Tick tick = deploy.tick(null);
            assertTrue("it polls: " + tick.nextTick(), tick.nextTick().compareTo(Duration.ofSeconds(4)) >= 0);
            int before = wakes[0];
            toy.client().pods().inNamespace("ml").withLabel("ml-delivery.io/model", churn.model).withLabel("ml-delivery.io/track", "canary").delete();
            await("woken", () -> wakes[0] > before);
            deploy.abort("enough");
            assertEquals("rolledBack", deploy.run(Gate.open()).result());
        }
    }

    private long running() {
        return pods().stream().filter(p -> p.getStatus() != null && "Running".equals(p.getStatus().getPhase()) && p.getMetadata().getName().contains("canary")).count();
    }

    private List<Pod> pods() {
        return toy.client().pods().inNamespace("ml").withLabel("ml-delivery.io/model", churn.model).list().getItems();
    }

    @Test
    public void aRolloutDoesNotSleepThroughWhatItWaitsFor() throws Exception {
        churn.deploy("v1");
        long start = System.nanoTime();
        int requests = toy.proxy().requests().size();
        try (DeployModel deploy = open("v2")) {
            assertEquals("promoted", deploy.run(Gate.open()).result());
        }
        // Were it not woken, each of its waits would take its four seconds.
        assertTrue("it took long", System.nanoTime() - start < TimeUnit.SECONDS.toNanos(12));
        List<String> made = List.copyOf(toy.proxy().requests());
        assertTrue(made.subList(requests, made.size()).stream().anyMatch(r -> r.contains("watch=true")));
    }

    @Test
    public void withoutTheRightToWatchItPollsAndSaysSoOnce() throws Exception {
        toy.proxy().faults(request -> request.contains("watch=true") ? 403 : FaultProxy.NONE);
        churn.deploy("v1");
        int before = churn.told.notes().size();
        try (DeployModel deploy = open("v2")) {
            assertEquals("promoted", deploy.run(Gate.open()).result());
        }
        List<String> told = churn.told.notes().subList(before, churn.told.notes().size());
        assertEquals(1, told.stream().filter("watching is not permitted, so the cluster is polled"::equals).count());
    }

    @Test
    public void aFailingPodIsExplainedWithinSecondsOfItsStatus() throws Exception {
        churn.deploy("v1");
        churn.progressDeadline = "8s";
        for (String image : List.of("missing", "crash")) {
            int before = churn.told.warnings().size();
            Thread rollout;
            try (DeployModel deploy = open(image)) {
                rollout = new Thread(() -> {
                    try {
                        deploy.run(Gate.open());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
                rollout.start();
                await("the pod's trouble", () -> pods().stream().anyMatch(WatchedRolloutTest::inTrouble));
                Instant trouble = Instant.now();
                await("the warning", () -> churn.told.warnings().size() > before);
                Duration late = Duration.between(trouble, Instant.now());
                assertTrue(image + " was explained after " + late, late.toMillis() < 2000);
                deploy.abort("enough");
                rollout.join();
            }
        }
    }

    private static boolean inTrouble(Pod pod) {
        return pod.getStatus() != null && pod.getStatus().getContainerStatuses().stream()
                .anyMatch(c -> c.getState().getWaiting() != null && !"ContainerCreating".equals(c.getState().getWaiting().getReason()));
    }

    @Test
    public void aLostApiServerIsToldOnceAndItsReturnIsNoticed() throws Exception {
        churn.deploy("v1");
        int before = churn.told.warnings().size();
        boolean[] lost = {false};
        try (DeployModel deploy = open("v2")) {
            DeployModelResult result = deploy.run(facts -> {
                if (!lost[0]) {
                    lost[0] = true;
                    loseFor(4_500);
                    return Gate.Answer.pending("looking", Duration.ofSeconds(1));
                }
                return Gate.Answer.of(Verdict.PASS, "fine");
            });
            assertEquals("promoted", result.result());
        }
        List<String> told = churn.told.warnings().subList(before, churn.told.warnings().size());
        assertEquals(told.toString(), 1, told.size());
        assertEquals(1, churn.told.notes().stream().filter("the cluster answers again"::equals).count());
    }

    /** Were the metrics read within the ticks, nobody would renew it, and this look would have no end. */
    @Test(timeout = 120_000)
    public void theLeaseIsRenewedWhileMetricsAreBeingRead() throws Exception {
        churn.deploy("v1");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Gate untilRenewed = facts -> {
            long before = renewals();
            while (renewals() == before) {
                Thread.sleep(50);
            }
            return Gate.Answer.of(Verdict.PASS, "fine");
        };
        try (DeployModel deploy = open("v2");
                BackgroundGate looks = new BackgroundGate(untilRenewed, thread, () -> {}, Duration.ofSeconds(1))) {
            assertEquals("promoted", deploy.run(looks).result());
        } finally {
            thread.shutdownNow();
        }
    }

    private long renewals() {
        return List.copyOf(toy.proxy().requests()).stream()
                .filter(request -> request.startsWith("PUT ") && request.contains("/leases/"))
                .count();
    }

    private void loseFor(long millis) {
        toy.proxy().faults(request -> FaultProxy.DROP);
        try {
            toy.proxy().breakWatches();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread back = new Thread(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            toy.proxy().faults(request -> FaultProxy.NONE);
        });
        back.setDaemon(true);
        back.start();
    }
}
