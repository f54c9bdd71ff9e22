package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.TestName;

/** A state of a rollout that died, and a call that asks for something else: what is promoted is what was judged. */
public class ChangedRequestTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    @Rule
    public final TestName test = new TestName();

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final ToyCluster toy = CLUSTER.toy();

    private final List<String> judged = new ArrayList<>();
    private Deliveries churn;

    @Before
    public void newModel() {
        churn = Deliveries.ofTest(toy, test);
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

    /** What a person does with kubectl: the engine's note of the revision stays as it is. */
    private void edit(boolean canary, String image) {
        toy.client().apps().deployments().inNamespace("ml").withName(canary ? churn.model + "-canary" : churn.model).patch(
                new PatchContext.Builder().withPatchType(PatchType.STRATEGIC_MERGE).withFieldManager("kubectl-set").build(),
                "{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"model\", \"image\": \"registry.test/ml/" + image
                        + "\"}]}}}}");
    }

    private void told(String beginning) {
        List<String> notes = churn.told.notes();
        assertTrue(notes.toString(), notes.stream().anyMatch(note -> note.startsWith(beginning)));
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
        assertEquals(List.of(67, 100), result.weightHistory());
        told("the rollout of revision ");
        told("rolling back: another deployment of the model was asked for");
    }

    @Test
    public void theSameRequestGoesOn() throws Exception {
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        // How long it may take is no part of what is judged.
        churn.timeout = "20m";
        churn.onConcurrent = "fail";
        assertEquals("promoted", goOn("v2").result());
        assertEquals("v2 x 2", churn.stable());
        told("going on with the rollout of ");
        assertEquals(List.of(), churn.told.notes().stream().filter(note -> note.startsWith("rolling back")).toList());
    }

    /** The startup probe lasts as long as the deadline, so the pods are others. */
    @Test
    public void anotherProgressDeadlineMakesAnotherRevision() throws Exception {
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        String revision = churn.saved.revision();
        churn.progressDeadline = "7m";
        assertEquals("promoted", goOn("v2").result());
        assertTrue("another revision", !revision.equals(churn.saved.revision()));
        told("rolling back: the same request makes other pods now");
        List<String> notes = churn.told.notes();
        assertTrue(notes.toString(), notes.stream().anyMatch(note -> note.contains("has other pods than the same request makes now")));
    }

    @Test
    public void otherChecksOrAnotherStrategyJudgeFromTheBeginning() throws Exception {
        churn.deploy("v1");
        churn.strategy = new Strategy.Canary(List.of(25, 50), "0s", null);
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING && state.step() == 1);
        }
        churn.judge = "other checks";
        try (DeployModel deploy = churn.open("v2", "test", churn.saved, state -> churn.saved = state)) {
            assertNull("the first step is judged again", churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING && state.step() == 0));
        }
        churn.strategy = Strategy.Rolling.defaults();
        List<String> stable = new ArrayList<>();
        try (DeployModel deploy = churn.open("v2", "test", churn.saved, state -> churn.saved = state)) {
            assertEquals("promoted", deploy.run(facts -> {
                stable.add(churn.stable() + ", canary " + churn.canary());
                return Gate.Answer.of(Verdict.PASS, "looks good");
            }).result());
        }
        assertEquals(List.of("v2 x 2, canary null"), stable);
    }

    @Test
    public void theServiceThatBlueGreenHasSwitchedGoesBackFirst() throws Exception {
        churn.deploy("v1");
        Strategy canary = churn.strategy;
        churn.strategy = new Strategy.BlueGreen("0s", "0s");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING && state.step() == 1);
        }
        assertEquals("canary", selected());
        churn.strategy = canary;
        try (DeployModel deploy = churn.open("v3", "test", churn.saved, state -> churn.saved = state)) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.PREPARING);
            assertEquals("stable", selected());
            assertNull(churn.canary());
            assertEquals("promoted", deploy.run(facts -> pass()).result());
        }
        assertEquals(List.of("v3 x 2"), judged);
    }

    private String selected() {
        return toy.client().services().inNamespace("ml").withName(churn.model).get().getSpec().getSelector().get("ml-delivery.io/track");
    }

    @Test
    public void aKillWhileTheOtherRolloutIsRolledBackChangesNothing() throws Exception {
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        try (DeployModel deploy = churn.open("v3", "test", churn.saved, state -> churn.saved = state)) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ROLLING_BACK);
        }
        assertEquals(Phase.ROLLING_BACK, churn.saved.phase());
        assertEquals("promoted", goOn("v3").result());
        assertEquals(List.of("v3 x 2"), judged);
    }

    @Test
    public void aVersionThatHasPassedAndIsBeingPromotedStaysAndIsWhatTheNextOneIsComparedWith() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.PROMOTING);
            churn.tickUntil(deploy, state -> churn.stable().startsWith("v2"));
        }
        assertEquals("promoted", goOn("v3").result());
        assertEquals(List.of("v3 x 2"), judged);
        assertEquals("v3 x 2", churn.stable());
    }

    @Test
    public void aFirstInstallThatWasCutShortIsNotTakenAway() throws Exception {
        try (DeployModel deploy = churn.open("v1", "test")) {
            churn.tickUntil(deploy, state -> churn.stable() != null);
        }
        String uid = churn.deployment(false).getMetadata().getUid();
        assertEquals("promoted", goOn("v2").result());
        assertEquals(uid, churn.deployment(false).getMetadata().getUid());
    }

    @Test
    public void undoingARolloutThatDidNotEndBringsBackWhatItBeganWith() throws Exception {
        churn.deploy("v0");
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        DeployModelResult result = undo();
        assertEquals("unchanged", result.result());
        assertTrue(result.reason(), result.reason().endsWith("which had not ended, was rolled back"));
        told("rolling back: it was undone before it had ended");
        List<String> notes = churn.told.notes();
        assertTrue(notes.toString(), notes.stream().anyMatch(note -> note.endsWith(" in the phase analysing, is undone: it is rolled back, and nothing else begins")));
        assertTrue(notes.toString(), notes.stream().noneMatch(note -> note.contains("another request") || note.contains("another deployment")));
        assertEquals("v1 x 2", churn.stable());
        assertNull(churn.canary());
        churn.saved = null;
        assertEquals("promoted", undo().result());
        assertEquals("v0 x 2", churn.stable());
    }

    private DeployModelResult undo() throws Exception {
        try (DeployModel deploy = DeployModel.undo(
                churn.request("none"), toy.connections(), churn.access, churn.saved, Deployers.of("test"), state -> { }, churn.environment())) {
            return deploy.run(facts -> pass());
        }
    }

    @Test
    public void aCanaryThatSomebodyEditsIsNotPromoted() throws Exception {
        churn.deploy("v1");
        DeployModelResult result = churn.deploy("v2", facts -> {
            edit(true, "v9");
            return pass();
        });
        assertEquals("rolledBack", result.result());
        assertTrue(result.reason(), result.reason().contains("changed by somebody else"));
        assertEquals("v1 x 2", churn.stable());
    }

    @Test
    public void anEditThatIsTakenBackIsJudgedAnew() throws Exception {
        churn.deploy("v1");
        DeployModelResult result = churn.deploy("v2", facts -> {
            if (judged.isEmpty()) {
                edit(true, "v9");
                Gate.Answer answer = pass();
                awaitTemplates(2);
                edit(true, "v2");
                awaitTemplates(3);
                return answer;
            }
            return pass();
        });
        assertEquals(churn.told.notes().toString(), List.of("v9 x 2", "v2 x 2"), judged);
        assertEquals("promoted", result.result());
        told("step 1 of 1 is judged anew");
    }

    /** Until the Deployments' controller has seen so many templates of the canary. */
    private void awaitTemplates(int count) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(60);
        while (!String.valueOf(count).equals(churn.deployment(true).getMetadata().getAnnotations().get("deployment.kubernetes.io/revision"))) {
            assertTrue("the controller does not see it", Instant.now().isBefore(end));
            Thread.sleep(20);
        }
    }

    @Test
    public void anEditWhileNobodyWasThereIsFound() throws Exception {
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        edit(true, "v9");
        assertEquals("rolledBack", goOn("v2").result());
        assertEquals("v1 x 2", churn.stable());
    }

    @Test
    public void anEditBetweenTheLastLookAndThePromotionIsFound() throws Exception {
        churn.deploy("v1");
        DeployModelResult result;
        try (DeployModel deploy = churn.open("v2", "test", null, state -> {
            churn.saved = state;
            if (state.phase() == Phase.PROMOTING) {
                edit(true, "v9");
            }
        })) {
            result = deploy.run(facts -> pass());
        }
        assertEquals("rolledBack", result.result());
        assertEquals("v1 x 2", churn.stable());
    }

    @Test
    public void anEditOfANewVersionThatIsRolledOutInPlaceIsNotApproved() throws Exception {
        churn.deploy("v1");
        churn.strategy = Strategy.Rolling.defaults();
        DeployModelResult result = churn.deploy("v2", facts -> {
            edit(false, "v9");
            return pass();
        });
        assertEquals("rolledBack", result.result());
        assertEquals("v1 x 2", churn.stable());
    }

    @Test
    public void whatSomebodyHasMadeOfTheStableVersionIsNotWrittenOverUnseen() throws Exception {
        churn.deploy("v1");
        Told told = churn.told;
        boolean[] edited = {false};
        toy.proxy().faults(request -> {
            // The last thing before the write: the canary is looked at.
            if (churn.saved != null && churn.saved.phase() == Phase.PROMOTING && !edited[0]
                    && request.startsWith("GET") && request.endsWith("/deployments/" + churn.model)) {
                edited[0] = true;
                edit(false, "v8");
            }
            return FaultProxy.NONE;
        });
        try {
            churn.saved = null;
            try (DeployModel deploy = churn.open("v2", "test")) {
                assertEquals("promoted", deploy.run(facts -> pass()).result());
            }
        } finally {
            toy.proxy().faults(request -> FaultProxy.NONE);
        }
        assertTrue(told.notes().toString(), edited[0]);
        assertEquals("v2 x 2", churn.stable());
    }

    @Test
    public void changedDataOfASecretThatTheJudgedPodsHaveReadAreNotPromoted() throws Exception {
        secret("one");
        churn.secrets = List.of(churn.model);
        churn.deploy("v1");
        DeployModelResult result = churn.deploy("v2", facts -> {
            secret("two");
            return pass();
        });
        assertEquals("rolledBack", result.result());
        assertTrue(result.reason(), result.reason().contains("ConfigMaps or Secrets that the pods read were changed"));
        assertEquals("v1 x 2", churn.stable());
    }

    private void secret(String value) {
        Secret secret = new SecretBuilder().withNewMetadata().withName(churn.model).withNamespace("ml").endMetadata()
                .withStringData(Map.of("KEY", value)).build();
        toy.client().resource(secret).serverSideApply();
    }

    @Test
    public void aStateIsOfOneClusterOnly() throws Exception {
        churn.deploy("v1");
        killedIn(Phase.ANALYSING, "v2");
        try (ToyCluster other = new ToyCluster(folder.newFolder().toPath())) {
            Deliveries there = new Deliveries(other, churn.model);
            there.deploy("v1");
            DeliveryException e = assertThrows(DeliveryException.class, () -> {
                try (DeployModel deploy = there.open("v2", "test", churn.saved, state -> {
                    throw new AssertionError("the state of the first cluster is all that is known of its rollout");
                })) {
                    deploy.run(Gate.open());
                }
            });
            assertEquals("cluster", e.parameter());
            assertEquals(DeliveryException.Kind.REFUSED, e.kind());
            assertTrue(e.getMessage(), e.getMessage().matches(".* is one of another cluster \\(http://\\S+/\\) than http://\\S+/\\. .*"));
            assertTrue(e.getMessage(), e.getMessage().endsWith("or, if it is gone, start a new build, which begins without the state of this one."));
            assertEquals("v1 x 2", there.stable());
            assertNull(there.canary());
        }
        assertEquals("it is where it was", "v2 x 2", churn.canary());
        assertEquals("promoted", goOn("v2").result());
    }
}
