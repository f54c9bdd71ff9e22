package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.mldelivery.delivery.BackgroundGate;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;

/** Rollouts whose ticks or looks fail in a way that nobody foresaw. */
public class RolloutLoopTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    @Rule
    public final TestName test = new TestName();

    private final ToyCluster toy = CLUSTER.toy();
    private final AtomicInteger failed = new AtomicInteger();
    private final IllegalStateException defect = new IllegalStateException("a defect");
    private Deliveries churn;

    @Before
    public void newModel() throws Exception {
        churn = Deliveries.ofTest(toy, test);
        churn.deploy("v1");
    }

    @After
    public void removeModel() {
        toy.client().apps().deployments().inNamespace("ml").delete();
    }

    /** Rolls out v2; states of this phase, or of another one from then on, can't be stored so many times. */
    private DeployModelResult failing(int times, Phase from, boolean also, Gate gate) throws Exception {
        boolean[] begun = new boolean[1];
        StateStore store = state -> {
            begun[0] = state.phase() == from || begun[0] && also;
            if (begun[0] && failed.get() < times) {
                failed.incrementAndGet();
                throw defect;
            }
        };
        try (DeployModel deploy = churn.open("v2", "test", null, store)) {
            return deploy.run(gate);
        }
    }

    private List<String> told() {
        return churn.told.warnings().stream()
                .filter(w -> w.startsWith("an unexpected failure: ") || w.startsWith("left in")).toList();
    }

    private static final String TOLD = "an unexpected failure: java.lang.IllegalStateException: a defect";

    @Test
    public void aFewFailuresAreWaitedOutAndToldOnce() throws Exception {
        assertEquals("promoted", failing(UnexpectedFailures.TOO_MANY - 1, Phase.ANALYSING, false, Gate.open()).result());
        assertEquals(UnexpectedFailures.TOO_MANY - 1, failed.get());
        assertEquals(List.of(TOLD + "; trying again"), told());
        assertEquals("v2 x 2", churn.stable());
        assertNull(churn.canary());
    }

    @Test
    public void tooManyInARowRollBack() throws Exception {
        DeployModelResult result = failing(UnexpectedFailures.TOO_MANY, Phase.ANALYSING, true, Gate.open());
        assertEquals("rolledBack", result.result());
        assertEquals(TOLD, result.reason());
        assertEquals("v1 x 2", churn.stable());
        assertNull(churn.canary());
    }

    @Test
    public void whatCanNotBeUndoneIsNamed() throws Exception {
        assertSame(
                defect,
                assertThrows(
                        IllegalStateException.class,
                        () -> failing(Integer.MAX_VALUE, Phase.ANALYSING, true, Gate.open())));
        assertEquals("as many attempts to undo it", 2 * UnexpectedFailures.TOO_MANY, failed.get());
        assertEquals(
                List.of(TOLD + "; trying again", "left in the cluster: ml/" + churn.model
                        + "-canary; run the same deployment again, which takes it over"),
                told());
        assertNotNull(churn.canary());
        assertEquals("promoted", churn.deploy("v2").result());
    }

    @Test
    public void beforeAnythingIsBegunItEndsAtOnce() throws Exception {
        assertThrows(
                IllegalStateException.class,
                () -> failing(Integer.MAX_VALUE, Phase.SCALING_CANARY, true, Gate.open()));
        assertEquals(1, failed.get());
        assertNull(churn.canary());
        assertEquals(List.of(), told());
    }

    private Gate.Answer broken(Object facts) {
        failed.incrementAndGet();
        throw defect;
    }

    @Test
    public void looksThatAlwaysFailRollBackThoughTicksSucceed() throws Exception {
        DeployModelResult result = churn.deploy("v2", this::broken);
        assertEquals("rolledBack", result.result());
        assertEquals(TOLD, result.reason());
        assertEquals(UnexpectedFailures.TOO_MANY, failed.get());
        assertEquals(List.of(TOLD + "; trying again"), told());
        assertEquals("v1 x 2", churn.stable());
        assertNull(churn.canary());
    }

    @Test
    public void theSameOfLooksOnAnotherThread() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (BackgroundGate looks = new BackgroundGate(this::broken, thread, () -> {}, Duration.ofMillis(1))) {
            DeployModelResult result = churn.deploy("v2", looks);
            assertEquals("rolledBack", result.result());
            assertEquals(UnexpectedFailures.TOO_MANY, failed.get());
        } finally {
            thread.shutdownNow();
        }
        assertNull(churn.canary());
    }

    @Test
    public void looksThatFailNowAndThenAreMadeAgain() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        DeployModelResult result = churn.deploy("v2", facts -> {
            int look = looks.incrementAndGet();
            if (look % 2 == 1 && look < 4 * UnexpectedFailures.TOO_MANY) {
                return broken(facts);
            }
            return look < 4 * UnexpectedFailures.TOO_MANY
                    ? Gate.Answer.pending("not yet", Duration.ZERO)
                    : Gate.Answer.of(Verdict.PASS, "good");
        });
        assertEquals("promoted", result.result());
        assertEquals(2 * UnexpectedFailures.TOO_MANY, failed.get());
    }

    @Test
    public void anAbortWhoseTicksFailNamesWhatIsLeft() throws Exception {
        Gate aborts = facts -> {
            throw new InterruptedException();
        };
        assertThrows(InterruptedException.class, () -> failing(Integer.MAX_VALUE, Phase.ROLLING_BACK, true, aborts));
        assertEquals(UnexpectedFailures.TOO_MANY, failed.get());
        assertFalse(told().get(told().size() - 1), !told().get(told().size() - 1).startsWith("left in the cluster: "));
    }
}
