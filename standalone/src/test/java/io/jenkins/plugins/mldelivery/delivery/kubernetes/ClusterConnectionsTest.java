package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;

/** Shared connections and watches, against the embedded cluster. */
public class ClusterConnectionsTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    private final ToyCluster toy = CLUSTER.toy();
    private ClusterConnections connections;

    @Before
    public void open() {
        connections = new ClusterConnections(4, Duration.ofMillis(300));
    }

    @After
    public void close() {
        connections.close();
        toy.proxy().faults(request -> FaultProxy.NONE);
        toy.client().apps().deployments().inNamespace("ml").delete();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue("it did not happen: " + what, System.nanoTime() < end);
            Thread.sleep(5);
        }
    }

    /** A Deployment without pods, which its label makes one of the engine's. */
    private void change(String model, String value) {
        toy.client().resource(new DeploymentBuilder()
                .withNewMetadata().withName(model).withNamespace("ml")
                .addToLabels("app.kubernetes.io/managed-by", "ml-delivery").addToLabels(ModelWatch.MODEL_LABEL, model).addToAnnotations("value", value).endMetadata()
                .withNewSpec().withReplicas(0).withNewSelector().addToMatchLabels("a", "b").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("a", "b").endMetadata().withNewSpec().addNewContainer().withName("c").withImage("i").endContainer().endSpec().endTemplate().endSpec()
                .build()).fieldManager("test").forceConflicts().serverSideApply();
    }

    private long watchRequests() {
        return toy.proxy().requests().stream().filter(r -> r.contains("watch=true")).count();
    }

    private ClusterAccess access(String token) {
        return ClusterAccess.server(toy.proxy().url(), null, SecretText.of(token));
    }

    @Test
    public void equalAccessesShareAClientUntilAWhileAfterItsLastUser() throws Exception {
        ClusterConnection one = connections.connect(toy.access(), TestEnvironment.quiet());
        ClusterConnection two = connections.connect(access("toy-token"), TestEnvironment.quiet());
        KubernetesClient client = one.client();
        assertSame(client, two.client());
        ClusterConnection other = connections.connect(access("another"), TestEnvironment.quiet());
        assertNotSame("the rights of another user", client, other.client());
        one.close();
        one.close();
        two.close();
        ClusterConnection again = connections.connect(toy.access(), TestEnvironment.quiet());
        assertSame("a short while after the last user", client, again.client());
        again.close();
        await("the client is closed", client.getHttpClient()::isClosed);
        assertFalse(other.client().getHttpClient().isClosed());
        try (ClusterConnection fresh = connections.connect(toy.access(), TestEnvironment.quiet())) {
            assertNotSame(client, fresh.client());
            assertEquals("ml", fresh.client().namespaces().withName("ml").get().getMetadata().getName());
            connections.close();
            assertTrue(fresh.client().getHttpClient().isClosed());
        }
    }

    private ClusterConnection connect(String job, int cluster) throws Exception {
        return connections.of(Owner.ofJob(job)).connect(access("token-" + cluster), TestEnvironment.quiet());
    }

    private String refused(String job, int cluster) {
        DeliveryException e = assertThrows(DeliveryException.class, () -> connect(job, cluster));
        assertTrue(ClusterConnections.allUsed(e));
        return e.getMessage();
    }

    @Test
    public void aJobUsesItsShareOfClientsHoweverManyOfItsRolloutsDo() throws Exception {
        List<ClusterConnection> all = new ArrayList<>();
        for (int i = 0; i < OpenClients.USED_BY_A_JOB; i++) {
            all.add(connect("team/a", i));
            all.add(connect("team/a", i));
        }
        assertEquals(
                "cluster: this job uses 48 connections to clusters, each to another server or with another login, the"
                        + " maximum. Run fewer rollouts at a time, or let them use the same configured cluster.",
                refused("team/a", -1));
        ClusterConnection shared = connect("team/b", 0);
        assertSame("what another one uses as well counts for both", all.get(0).client(), shared.client());
        connect("team/b", -1);
        all.get(0).close();
        refused("team/a", -2);
        all.get(1).close();
        connect("team/a", -2);
        refused("team/a", 0);
        shared.close();
    }

    @Test
    public void theJobsOfAFolderAndAllJobsHaveTheirSharesToo() throws Exception {
        for (int i = 0; i < OpenClients.USED_BY_A_TOP; i++) {
            connect("team/" + i / OpenClients.USED_BY_A_JOB, i);
        }
        assertTrue(refused("team/new", -1).contains("the jobs of 'team' together use 128 connections to clusters"));
        for (int i = OpenClients.USED_BY_A_TOP; i < OpenClients.MAX_USED; i++) {
            connect("other/" + i, i);
        }
        assertTrue(refused("third", -1).contains("all jobs together use 192 connections to clusters"));
        connect("third", 0);
    }

    /** Its place is free in a moment, and it may be in the middle of its rollout. */
    @Test
    public void aLoginThatIsRenewedNeedsNoPlace() throws Exception {
        ClusterConnection first = connect("team/a", 0);
        for (int i = 1; i < OpenClients.USED_BY_A_JOB; i++) {
            connect("team/a", i);
        }
        ClusterConnection fresh = connections.of(Owner.ofJob("team/a")).renewed(first, access("another"), TestEnvironment.quiet());
        first.close();
        assertNotSame(first.client(), fresh.client());
        refused("team/a", -1);
        fresh.close();
        connect("team/a", -1);
    }

    @Test
    public void ofClientsThatNobodyUsesOnlyTheLastOnesStayOpen() throws Exception {
        ClusterConnections lasting = new ClusterConnections(4, Duration.ofMinutes(5));
        try {
            List<KubernetesClient> clients = new ArrayList<>();
            for (int i = 0; i < OpenClients.MAX_IDLE + 2; i++) {
                try (ClusterConnection connection = lasting.connect(access("token-" + i), TestEnvironment.quiet())) {
                    clients.add(connection.client());
                }
            }
            // One that is used again is none of them.
            try (ClusterConnection again = lasting.connect(access("token-2"), TestEnvironment.quiet());
                    ClusterConnection more = lasting.connect(access("more"), TestEnvironment.quiet())) {
                assertSame(clients.get(2), again.client());
                more.close();
                assertEquals(
                        List.of(0, 1),
                        IntStream.range(0, clients.size()).filter(i -> clients.get(i).getHttpClient().isClosed()).boxed().toList());
            }
            assertTrue("the oldest one then", clients.get(3).getHttpClient().isClosed());
            assertFalse(clients.get(4).getHttpClient().isClosed());
        } finally {
            lasting.close();
        }
    }

    @Test
    public void clientsShareWhatMakesObjectsOfJson() throws Exception {
        assertSame(
                connect("team/a", 1).client().getKubernetesSerialization(),
                connect("team/b", 2).client().getKubernetesSerialization());
    }

    @Test
    public void aChangeIsToldToItsOwnModelAlone() throws Exception {
        change("churn", "1");
        AtomicInteger churn = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        try (ClusterConnection connection = connections.connect(toy.access(), TestEnvironment.quiet());
                ModelWatch watch = connection.watch("ml", "churn", churn::incrementAndGet);
                ModelWatch second = connection.watch("ml", "other", other::incrementAndGet)) {
            await("connected", watch::connected);
            quiet(churn);
            int before = churn.get();
            int others = other.get();
            long asked = System.nanoTime();
            change("churn", "2");
            await("told", () -> churn.get() > before);
            assertTrue("told late", System.nanoTime() - asked < TimeUnit.SECONDS.toNanos(2));
            quiet(churn);
            assertEquals(others, other.get());
            assertTrue(second.connected());
            second.close();
            watch.close();
            int end = churn.get();
            change("churn", "3");
            // Another watch sees it, so the closed one would have.
            AtomicInteger third = new AtomicInteger();
            try (ModelWatch later = connection.watch("ml", "churn", third::incrementAndGet)) {
                await("the next watch", later::connected);
                change("churn", "4");
                await("told to the next watch", () -> third.get() > 0);
            }
            assertEquals(end, churn.get());
        }
    }

    /** Until nothing was told for half a second: the controller writes a status after each change. */
    private static void quiet(AtomicInteger told) throws InterruptedException {
        int[] last = {-1};
        long[] since = {System.nanoTime()};
        await("quiet", () -> {
            if (told.get() != last[0]) {
                last[0] = told.get();
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > TimeUnit.MILLISECONDS.toNanos(500);
        });
    }

    @Test
    public void aNamespaceHasTwoWatchesWhateverTheNumberOfItsRollouts() throws Exception {
        long before = watchRequests();
        try (ClusterConnection connection = connections.connect(toy.access(), TestEnvironment.quiet())) {
            List<ModelWatch> watches = java.util.stream.IntStream.range(0, 50).mapToObj(i -> connection.watch("ml", "m" + i, () -> {})).toList();
            await("connected", () -> watches.stream().allMatch(ModelWatch::connected));
            assertEquals(NamespaceWatch.STREAMS, watchRequests() - before);
            // Four is the most here: a third namespace is left to polling until there is room again.
            ModelWatch second = connection.watch("default", "m", () -> {});
            ModelWatch third = connection.watch("kube-system", "m", () -> {});
            await("connected", second::connected);
            assertFalse(third.connected());
            assertFalse(third.refused());
            watches.forEach(ModelWatch::close);
            try (ModelWatch room = connection.watch("kube-system", "m", () -> {})) {
                await("connected", room::connected);
            }
            second.close();
            third.close();
        }
    }

    @Test
    public void aStormOfChangesWakesFiveTimesASecondAtMost() throws Exception {
        AtomicInteger told = new AtomicInteger();
        try (ClusterConnection connection = connections.connect(toy.access(), TestEnvironment.quiet());
                ModelWatch watch = connection.watch("ml", "churn", told::incrementAndGet)) {
            await("connected", watch::connected);
            quiet(told);
            int before = told.get();
            long start = System.nanoTime();
            int changes = 0;
            while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(900)) {
                change("churn", "storm " + changes++);
            }
            quiet(told);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertTrue("no storm: " + changes, changes > 20);
            assertTrue(told.get() - before + " times", told.get() - before >= 2 && told.get() - before <= 2 + millis / 200);
        }
    }

    @Test
    public void aBrokenWatchIsOpenedAgainAndEveryRolloutIsWoken() throws Exception {
        AtomicInteger churn = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        try (ClusterConnection connection = connections.connect(toy.access(), TestEnvironment.quiet());
                ModelWatch watch = connection.watch("ml", "churn", churn::incrementAndGet);
                ModelWatch second = connection.watch("ml", "other", other::incrementAndGet)) {
            await("connected", watch::connected);
            change("churn", "1");
            await("told", () -> churn.get() > 0);
            quiet(churn);
            int before = churn.get();
            int others = other.get();
            toy.proxy().faults(request -> request.contains("watch=true") ? FaultProxy.DROP : FaultProxy.NONE);
            assertEquals(2, toy.proxy().breakWatches());
            await("it knows", () -> !watch.connected() && !second.connected());
            await("both look for themselves", () -> churn.get() > before && other.get() > others);
            change("churn", "unseen");
            int unseen = churn.get();
            toy.proxy().faults(request -> FaultProxy.NONE);
            await("connected again", watch::connected);
            await("what happened meanwhile is told", () -> churn.get() > unseen);
            quiet(churn);
            int again = churn.get();
            change("churn", "seen");
            await("told again", () -> churn.get() > again);
        }
    }

    @Test
    public void aVersionThatIsGoneBeginsAnew() throws Exception {
        AtomicInteger told = new AtomicInteger();
        try (ClusterConnection connection = connections.connect(toy.access(), TestEnvironment.quiet());
                ModelWatch watch = connection.watch("ml", "churn", told::incrementAndGet)) {
            await("connected", watch::connected);
            change("churn", "1");
            await("told", () -> told.get() > 0);
            quiet(told);
            int before = told.get();
            int requests = toy.proxy().requests().size();
            toy.proxy().faults(request -> request.contains("watch=true") && request.contains("resourceVersion=") ? 410 : FaultProxy.NONE);
            toy.proxy().breakWatches();
            await("refused once with what it knew", () -> seen(requests, true));
            await("asked for everything", () -> seen(requests, false));
            await("connected", watch::connected);
            await("woken", () -> told.get() > before);
        }
    }

    private boolean seen(int from, boolean withVersion) {
        List<String> all = List.copyOf(toy.proxy().requests());
        return all.subList(from, all.size()).stream().anyMatch(r -> r.contains("/deployments?") && r.contains("watch=true") && r.contains("resourceVersion=") == withVersion);
    }

    @Test
    public void whatIsNotPermittedIsNotAskedForAgainAndAgain() throws Exception {
        toy.proxy().faults(request -> request.contains("/pods?") && request.contains("watch=true") ? 403 : FaultProxy.NONE);
        long before = watchRequests();
        try (ClusterConnection connection = connections.connect(toy.access(), TestEnvironment.quiet());
                ModelWatch watch = connection.watch("ml", "churn", () -> {})) {
            await("refused", watch::refused);
            assertFalse(watch.connected());
            Thread.sleep(700); // Longer than the first back-off of what is worth trying again.
            assertEquals(2, watchRequests() - before);
        }
    }
}
