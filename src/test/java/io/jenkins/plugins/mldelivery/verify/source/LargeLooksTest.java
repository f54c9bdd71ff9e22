package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerTurns;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Test;

/** Nobody keeps the places of large looks from the others. */
public class LargeLooksTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int SECONDS = 60;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @After
    public void stop() {
        threads.shutdownNow();
    }

    private Future<Boolean> waiting(OwnerTurns looks, String owner, Deadline deadline) throws Exception {
        int before = looks.waiting();
        Future<Boolean> taken = threads.submit(() -> looks.take(Owner.ofJob(owner), deadline));
        while (looks.waiting() == before && !taken.isDone()) {
            Thread.sleep(5);
        }
        return taken;
    }

    private static void awaitEnd(Deadline deadline) throws InterruptedException {
        Deadline patience = Deadline.in(Duration.ofSeconds(SECONDS));
        while (!deadline.isEnded()) {
            assertFalse("the look was not ended", patience.isOver());
            Thread.sleep(5);
        }
    }

    @Test
    public void anOwnerOfAllGivesOneToAnother() throws Exception {
        OwnerTurns looks = new OwnerTurns(2, Duration.ofMillis(100));
        Deadline first = Deadline.in(LONG);
        Deadline second = Deadline.in(LONG);
        assertTrue(looks.take(Owner.ofJob("hostile"), first));
        assertTrue(looks.take(Owner.ofJob("hostile"), second));
        List<Future<Boolean>> more = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            more.add(waiting(looks, "hostile", Deadline.in(LONG)));
        }
        Thread.sleep(300);
        assertFalse("its own looks do not end each other", first.isEnded() || second.isEnded());
        Future<Boolean> victim = waiting(looks, "victim", Deadline.in(LONG));
        awaitEnd(first);
        assertFalse("one is enough", second.isEnded());
        assertFalse("it has not given it back yet", victim.isDone());
        looks.give(first);
        assertTrue("before those who came earlier", victim.get(SECONDS, TimeUnit.SECONDS));
        assertEquals(10, looks.waiting());
    }

    @Test
    public void ownersTakeTurns() throws Exception {
        OwnerTurns looks = new OwnerTurns(1, LONG);
        Deadline first = Deadline.in(LONG);
        Deadline again = Deadline.in(LONG);
        Deadline other = Deadline.in(LONG);
        assertTrue(looks.take(Owner.ofJob("a"), first));
        Future<Boolean> second = waiting(looks, "a", again);
        Future<Boolean> third = waiting(looks, "b", other);
        looks.give(first);
        assertTrue(third.get(SECONDS, TimeUnit.SECONDS));
        assertFalse(second.isDone());
        looks.give(other);
        assertTrue(second.get(SECONDS, TimeUnit.SECONDS));
    }

    /** Both jobs have one place each, so only together they have more than the third. */
    @Test
    public void theJobsOfAFolderGiveOneToAnotherFolder() throws Exception {
        OwnerTurns looks = new OwnerTurns(2, Duration.ofMillis(100));
        Deadline first = Deadline.in(LONG);
        assertTrue(looks.take(Owner.ofJob("folder/a"), first));
        assertTrue(looks.take(Owner.ofJob("folder/b"), Deadline.in(LONG)));
        for (int i = 0; i < 10; i++) {
            waiting(looks, "folder/more" + i, Deadline.in(LONG));
        }
        Future<Boolean> victim = waiting(looks, "victim", Deadline.in(LONG));
        awaitEnd(first);
        looks.give(first);
        assertTrue("before all of the folder's jobs, which have none either", victim.get(SECONDS, TimeUnit.SECONDS));
    }

    /** What one gives up would make the other the one who has more, and so on. */
    @Test
    public void aFolderThatHasAsManyTakesNoneFromAnother() throws Exception {
        OwnerTurns looks = new OwnerTurns(2, Duration.ZERO);
        Deadline ofA = Deadline.in(LONG);
        Deadline ofB = Deadline.in(LONG);
        assertTrue(looks.take(Owner.ofJob("a/1"), ofA));
        assertTrue(looks.take(Owner.ofJob("b/1"), ofB));
        waiting(looks, "a/2", Deadline.in(LONG));
        awaitEnd(ofA);
        assertFalse("its own job gives way, and no other", ofB.isEnded());
    }

    @Test
    public void aLookThatIsOverStopsWaiting() throws Exception {
        OwnerTurns looks = new OwnerTurns(1, LONG);
        assertTrue(looks.take(Owner.ofJob("a"), Deadline.in(LONG)));
        assertFalse(looks.take(Owner.ofJob("b"), Deadline.in(Duration.ofMillis(50))));
        assertEquals(0, looks.waiting());
    }

    /** Its canary's page is large, and its stable version's page comes never. */
    private static ScrapeSource source(LoopbackServer server, Duration timeout, SharedReads shared) throws Exception {
        PrometheusAccess access = new PrometheusAccess(
                null, new PrometheusAccess.NoLogin(), List.of(), null, null, false, null, List.of(), timeout);
        SourceContext context = Sources.context(Secrets.none(), Clock.system(), new ArrayList<>(), shared);
        return ScrapeSource.ofUrls(
                List.of(server.url() + "/large"), List.of(server.url() + "/silent"), MetricNames.of(List.of("m"), List.of()), access, context);
    }

    private static LoopbackServer large() throws Exception {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            page.append("m{a=\"").append(i).append("x".repeat(400)).append("\"} 1\n");
        }
        return LoopbackServer.start(r -> new LoopbackServer.Answer(200, r.path().equals("/silent") ? null : page.toString()));
    }

    @Test
    public void whatWaitsForOthersDoesNotBlameItsServer() throws Exception {
        OwnerTurns looks = new OwnerTurns(1, LONG);
        assertTrue(looks.take(Owner.ofJob("other"), Deadline.in(LONG)));
        try (LoopbackServer server = large()) {
            ScrapeSource source = source(server, Duration.ofSeconds(5), new SharedReads(looks).of(Owner.ofJob("mine")));
            source.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(4)));
            MetricSource.Unavailable e = assertThrows(MetricSource.Unavailable.class, () -> source.counters(Selector.of("m"), Track.CANARY, Instant.now()));
            assertTrue(e.getMessage(), e.getMessage().contains("sent more than 4 MiB while other looks are as large"));
            source.endLook();
        }
    }

    /** The query may take 5 s, and waits longer than that for others. */
    @Test
    public void waitingForOthersIsNoTimeOfTheServer() throws Exception {
        OwnerTurns looks = new OwnerTurns(1, LONG);
        Deadline other = Deadline.in(LONG);
        assertTrue(looks.take(Owner.ofJob("other"), other));
        try (LoopbackServer server = large()) {
            ScrapeSource source = source(server, Duration.ofSeconds(5), new SharedReads(looks).of(Owner.ofJob("mine")));
            source.beginLook(Duration.ZERO, Deadline.in(LONG));
            Future<Integer> read = threads.submit(() -> source.counters(Selector.of("m"), Track.CANARY, Instant.now()).series().size());
            while (looks.waiting() == 0) {
                Thread.sleep(5);
            }
            Thread.sleep(6_000);
            looks.give(other);
            assertEquals(3_000, (int) read.get(SECONDS, TimeUnit.SECONDS));
            source.endLook();
        }
    }

    @Test
    public void aLookThatWaitsForASilentServerGivesWay() throws Exception {
        SharedReads shared = new SharedReads(new OwnerTurns(1, Duration.ofMillis(200)));
        try (LoopbackServer server = large()) {
            ScrapeSource hostile = source(server, LONG, shared.of(Owner.ofJob("hostile")));
            Deadline ofHostile = Deadline.in(LONG);
            hostile.beginLook(Duration.ZERO, ofHostile);
            assertEquals(3_000, hostile.counters(Selector.of("m"), Track.CANARY, Instant.now()).series().size());
            Future<?> stalled = threads.submit(() -> {
                try {
                    return hostile.counters(Selector.of("m"), Track.STABLE, Instant.now());
                } finally {
                    hostile.endLook();
                }
            });
            ScrapeSource victim = source(server, LONG, shared.of(Owner.ofJob("victim")));
            victim.beginLook(Duration.ZERO, Deadline.in(Duration.ofSeconds(SECONDS)));
            assertEquals(3_000, victim.counters(Selector.of("m"), Track.CANARY, Instant.now()).series().size());
            assertTrue(ofHostile.isEnded());
            assertThrows(ExecutionException.class, () -> stalled.get(SECONDS, TimeUnit.SECONDS));
            victim.endLook();
        }
    }

    @Test
    public void aLookThatIsEndedWaitsForItsServerNoLonger() throws Exception {
        try (LoopbackServer silent = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            PrometheusAccess access = new PrometheusAccess(
                    silent.url(), new PrometheusAccess.NoLogin(), List.of(), null, null, false, null, List.of(), LONG);
            SourceContext context = Sources.context(Secrets.none(), Clock.system(), new ArrayList<>());
            for (MetricSource source : List.of(source(silent, LONG, new SharedReads()), new Prometheus(access, null, null, context))) {
                Deadline look = Deadline.in(LONG);
                source.beginLook(Duration.ZERO, look);
                Future<?> read = threads.submit(() -> source.counters(Selector.of("m"), Track.CANARY, Instant.now()));
                Thread.sleep(100);
                look.end();
                assertThrows(ExecutionException.class, () -> read.get(SECONDS, TimeUnit.SECONDS));
                source.endLook();
            }
        }
    }
}
