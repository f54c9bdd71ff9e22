package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.ImageDigests;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;

/** Images by a tag, which names another image now and then: what is promoted is what was judged. */
public class MovedTagTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    private static final String NOTE = "the image has the same tag as before";
    private static final String FIRST = Digests.of("first");
    private static final String SECOND = Digests.of("second");

    @Rule
    public final TestName test = new TestName();

    private final ToyCluster toy = CLUSTER.toy();
    private final List<String> judged = new ArrayList<>();
    /** What the tag names; null while the registry is away. */
    private String digest = FIRST;
    private Deliveries churn;

    @Before
    public void newModel() {
        churn = Deliveries.ofTest(toy, test);
        churn.registry = this::look;
    }

    private ImageDigests.Answer look(ImageReference image) {
        return digest == null ? ImageDigests.Answer.unknown("connection refused") : ImageDigests.Answer.of(digest);
    }

    private Gate.Answer pass() {
        judged.add(churn.canary());
        return Gate.Answer.of(Verdict.PASS, "looks good");
    }

    private DeployModelResult deploy() throws Exception {
        return churn.deploy("app:1", facts -> pass());
    }

    private DeployModelResult goOn() throws Exception {
        try (DeployModel deploy = churn.open("app:1", "test", churn.saved, state -> churn.saved = state)) {
            return deploy.run(facts -> pass());
        }
    }

    private void killedIn(Phase phase) throws Exception {
        try (DeployModel deploy = churn.open("app:1", "test")) {
            assertNull(churn.tickUntil(deploy, state -> state.phase() == phase));
        }
    }

    private boolean told(String text) {
        return churn.told.notes().stream().anyMatch(note -> note.contains(text));
    }

    private static String words(String digest) {
        return "app:1@" + digest + " x 2";
    }

    @Test
    public void aTagThatWasPushedAnewIsAnotherVersion() throws Exception {
        assertEquals("installed", deploy().result());
        assertEquals(words(FIRST), churn.stable());
        assertTrue(told("image registry.test/ml/app:1 is " + FIRST.substring(0, 19) + "\u2026 now"));
        assertEquals("unchanged", deploy().result());
        digest = SECOND;
        judged.clear();
        assertEquals("promoted", deploy().result());
        assertEquals(words(SECOND), churn.stable());
        assertEquals(List.of(words(SECOND)), judged);
        assertFalse(told(NOTE));
    }

    @Test
    public void aTagThatMovesInMidRolloutMovesNothing() throws Exception {
        deploy();
        digest = SECOND;
        DeployModelResult result = churn.deploy("app:1", facts -> {
            digest = Digests.of("third");
            return pass();
        });
        assertEquals("promoted", result.result());
        assertEquals(words(SECOND), churn.stable());
    }

    /** Also when its pods run that digest now: the tag may name another image when pods are made of it. */
    @Test
    public void aDigestIsNotGivenUpForTheTagThatTheStableVersionNames() throws Exception {
        ImageDigests registry = churn.registry;
        churn.registry = null;
        deploy();
        assertEquals("app:1 x 2", churn.stable());
        churn.registry = registry;
        digest = Digests.of("registry.test/ml/app:1");
        assertEquals("promoted", deploy().result());
        assertEquals(words(digest), churn.stable());
        assertEquals(List.of(words(digest)), judged);
    }

    @Test
    public void theSameDigestUnderAnotherTagIsTheSame() throws Exception {
        deploy();
        assertEquals("unchanged", churn.deploy("app:2", facts -> pass()).result());
        assertEquals("unchanged", churn.deploy("app@" + FIRST, facts -> pass()).result());
        assertEquals(words(FIRST), churn.stable());
        assertEquals("promoted", churn.deploy("other:1", facts -> pass()).result());
    }

    /** Of the same image and something else it is a version of its own, by its digest from then on. */
    @Test
    public void otherSettingsAreAnotherVersion() throws Exception {
        ImageDigests registry = churn.registry;
        churn.registry = null;
        deploy();
        churn.registry = registry;
        digest = Digests.of("registry.test/ml/app:1");
        churn.env = Map.of("A", "1");
        assertEquals("promoted", deploy().result());
        assertEquals(words(digest), churn.stable());
    }

    @Test
    public void withoutTheRegistryOnlyTheTagIsCompared() throws Exception {
        deploy();
        digest = null;
        assertEquals("unchanged", deploy().result());
        assertEquals(words(FIRST), churn.stable());
        assertTrue(told("image registry.test/ml/app:1: what its tag names now can't be found out (connection refused), so only the tag is compared: "));
        churn.env = Map.of("A", "1");
        assertEquals("promoted", deploy().result());
        assertEquals("app:1 x 2", churn.stable());
    }

    @Test
    public void aTagThatMovedBesideADeadRolloutIsAnotherRequest() throws Exception {
        deploy();
        digest = SECOND;
        killedIn(Phase.ANALYSING);
        assertEquals(words(SECOND), churn.canary());
        judged.clear();
        digest = Digests.of("third");
        assertEquals("promoted", goOn().result());
        assertEquals(words(digest), churn.stable());
        assertEquals("what is promoted was judged", List.of(words(digest)), judged);
        assertTrue(told("was begun by another request: it is rolled back before this one begins"));
    }

    @Test
    public void theSameDigestGoesOn() throws Exception {
        deploy();
        digest = SECOND;
        killedIn(Phase.ANALYSING);
        assertEquals("promoted", goOn().result());
        assertEquals(words(SECOND), churn.stable());
        assertTrue(told("going on with the rollout"));
    }

    @Test
    public void withoutTheRegistryItsOwnDigestGoesOn() throws Exception {
        deploy();
        digest = SECOND;
        killedIn(Phase.ANALYSING);
        digest = null;
        assertEquals("promoted", goOn().result());
        assertEquals(words(SECOND), churn.stable());
        assertTrue(told("going on with the rollout"));
        assertTrue(told("so the rollout goes on with the digest that it began with"));
    }

    @Test
    public void whatBeganByTheTagGoesOnByTheTag() throws Exception {
        deploy();
        digest = null;
        churn.env = Map.of("A", "1");
        killedIn(Phase.ANALYSING);
        digest = SECOND;
        assertEquals("promoted", goOn().result());
        assertEquals("app:1 x 2", churn.stable());
        assertFalse(told("rolling back"));
    }

    /** A rollout that looks after the pods of the same image dies there, and goes on. */
    @Test
    public void theSameImageUnderAnotherNameSurvivesADeath() throws Exception {
        deploy();
        digest = null;
        toy.client().apps().deployments().inNamespace("ml").withName(churn.model).scale(1);
        killedIn(Phase.PROMOTING);
        assertEquals("unchanged", goOn().result());
        assertEquals(words(FIRST), churn.stable());
        assertFalse(told("rolling back"));
    }
}
