package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.TestName;

/** A state of a rollout that died, and a call that asks for something else: what is promoted is what was judged. */
public class ChangedRequestTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static ToyCluster toy;

    @Rule
    public final TestName test = new TestName();

    private final List<String> judged = new ArrayList<>();
    private Deliveries churn;

    @BeforeClass
    public static void start() throws Exception {
        toy = new ToyCluster(FOLDER.getRoot().toPath());
    }

    @AfterClass
    public static void stop() {
        toy.close();
    }

    @Before
    public void newModel() {
        churn = new Deliveries(toy, "c" + Integer.toHexString(test.getMethodName().hashCode()));
    }

    /** The gate passes whatever runs, and notes what that is. */
    private Gate.Answer pass() {
        judged.add(churn.canary());
        return Gate.Answer.of(Verdict.PASS, "looks good");
    }

    private void killedIn(Phase phase, String image) throws Exception {
        try (DeployModel deploy = churn.open(image, "test")) {
            assertNull(churn.tickUntil(deploy, state -> state.phase() == phase));
        }
        assertEquals(phase, churn.saved.phase());
    }

    private DeployModelResult goOn(String image) throws Exception {
        try (DeployModel deploy = churn.open(image, "test", churn.saved, state -> churn.saved = state)) {
            return deploy.run(facts -> pass());
        }
    }

    @Test
    public void anotherImageAfterAKillInAHoldIsJudgedItself() throws Exception {
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        assertEquals("v2 x 2", churn.canary());
        DeployModelResult result = goOn("v3");
        assertEquals("promoted", result.result());
        assertEquals("v3 x 2", churn.stable());
        assertEquals("only the version that is promoted is judged", List.of("v3 x 2"), judged);
        assertEquals(List.of(50, 100), result.weightHistory());
        assertTrue(churn.told.notes().toString(), churn.told.notes().stream().anyMatch(note -> note.startsWith("rolling back: ")));
    }
}
