package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;

/** Whole rollouts on the embedded cluster. */
public class DeployModelTest {
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
    public void nothingIsLeftOfTheCanaryNorOfTheLease() {
        toy.proxy().faults(request -> FaultProxy.NONE);
        assertNull(churn.deployment(true));
        assertNull(toy.client().leases().inNamespace("ml").withName(churn.model).get());
        toy.client().apps().deployments().inNamespace("ml").withName(churn.model).delete();
    }

    @Test
    public void theFirstVersionIsInstalledAndTheSameAgainChangesNothing() throws Exception {
        DeployModelResult first = churn.deploy("v1");
        assertEquals("installed", first.result());
        assertTrue(first.ok());
        assertEquals("v1 x 2", churn.stable());
        assertEquals(2, churn.readyStable());
        assertEquals("http://" + churn.model + ".ml.svc", first.url());
        assertNotNull(toy.client().services().inNamespace("ml").withName(churn.model).get());

        Deployment deployment = churn.deployment(false);
        DeployModelResult again = churn.deploy("v1");
        assertEquals("unchanged", again.result());
        assertEquals("a tag that was pushed anew would not be seen, which is told", 1, churn.told.notes().stream().filter(n -> n.startsWith("the image has the same tag as before")).count());
        assertEquals(1, churn.told.notes().stream().filter(n -> n.equals("the pods stay; the Service and the other objects of the model were brought in line with this request")).count());
        assertEquals(first.revision(), again.revision());
        assertEquals(deployment.getMetadata().getGeneration(), churn.deployment(false).getMetadata().getGeneration());
        assertEquals(deployment.getMetadata().getAnnotations(), churn.deployment(false).getMetadata().getAnnotations());

        churn.replicas = 3;
        assertEquals("unchanged", churn.deploy("v1").result());
        assertEquals("v1 x 3", churn.stable());
        assertEquals(3, churn.readyStable());
    }

    @Test
    public void aGoodCanaryIsPromoted() throws Exception {
        String old = churn.deploy("v1").revision();
        AtomicReference<RolloutFacts> asked = new AtomicReference<>();
        List<String> pages = new ArrayList<>();
        DeployModelResult result;
        try (DeployModel deploy = churn.open("v2", "test")) {
            TrackMetrics pods = deploy.podMetrics();
            result = deploy.run(facts -> {
                asked.set(facts);
                for (Track track : Track.values()) {
                    pages.addAll(scrape(pods, track));
                }
                return Gate.Answer.of(Verdict.PASS, "looks good");
            });
        }
        assertEquals("promoted", result.result());
        assertEquals("two of three pods, and not the half that was asked for", List.of(67, 100), result.weightHistory());
        assertEquals("v2 x 2", churn.stable());
        assertEquals(2, churn.readyStable());
        assertEquals(result.revision(), asked.get().revision());
        assertFalse(old.equals(result.revision()));
        assertEquals(67, asked.get().weight());
        assertTrue(asked.get().canarySelector(), asked.get().canarySelector()
                .matches("namespace=\"ml\",pod=~\"" + churn.model + "-canary-[a-z0-9]+-\\[a-z0-9]\\{5}\""));
        // One stable pod and two canary pods: the nearest to 50 % that three pods allow.
        assertEquals(List.of("v1", "v2", "v2"), pages);
        assertEquals(List.of(100, 50, 100), churn.told.of(Event.TrafficShifted.class).stream().map(Event.TrafficShifted::wanted).toList());
        assertTrue(churn.told.notes().toString(), churn.told.notes().contains("step 1 of 1 passed: looks good"));
        assertEquals(List.of(), churn.told.warnings());
        Event.Decided decided = churn.told.of(Event.Decided.class).get(1);
        assertTrue(decided.promoted());
        assertEquals("revision " + result.revision() + " replaces " + old + ": every step passed: looks good", decided.words());
        assertEquals("every step passed: looks good", result.reason());
    }

    /** The check's own line has said it before, and the build's failure says it after. */
    @Test
    public void theLogOfARollbackSaysItsReasonOnceAndNamesBothVersions() throws Exception {
        String old = churn.deploy("v1").revision();
        DeployModelResult result = churn.deploy("v2", facts -> Gate.Answer.of(Verdict.FAIL, "many more errors"));
        assertEquals("rolledBack", result.result());
        assertEquals("many more errors", result.reason());
        Event.Decided decided = churn.told.of(Event.Decided.class).get(1);
        assertTrue(decided.words(), decided.words().matches("revision [0-9a-f]+, back to " + old + ": many more errors"));
        List<String> lines = new ArrayList<>(churn.told.notes());
        churn.told.of(Event.Finished.class).forEach(finished -> lines.add(finished.summary()));
        assertEquals(List.of(), lines.stream().filter(line -> line.contains("many more errors")).toList());
        assertTrue(lines.toString(), lines.contains("rolling back to revision " + old));
    }

    /** A state is kept in files that more people may read than may use the secret. */
    @Test
    public void noSavedStateHoldsASecretThatAServerOrAWebhookQuotes() throws Exception {
        List<RolloutState> saved = new ArrayList<>();
        churn.deploy("v1");
        churn.strategy = new Strategy.Canary(List.of(50, 75), "0s", null);
        Environment environment = churn.environment();
        environment.known().learn(SecretText.of("hunter2-hunter2"));
        try (DeployModel deploy = new DeployModel(
                churn.request("v2"), toy.connections(), toy.access(), null, Deployers.judged("test", ""), saved::add,
                environment)) {
            assertEquals("rolledBack", deploy.run(facts -> Gate.Answer.of(
                    facts.step() == 0 ? Verdict.PASS : Verdict.FAIL, "the server said hunter2-hunter2")).result());
        }
        assertTrue(saved.stream().anyMatch(s -> "the server said ****".equals(s.evidence())));
        assertTrue(saved.stream().anyMatch(s -> "the server said ****".equals(s.reason())));
        assertEquals(List.of(), saved.stream().map(RolloutState::toJson).filter(s -> s.contains("hunter2")).toList());
    }

    /** A query over the last minutes would otherwise judge a new version by what the one before it did. */
    @Test
    public void aVersionIsNotTakenForTheOneThatWasRolledBackBefore() throws Exception {
        churn.deploy("v1");
        List<String> all = new ArrayList<>();
        List<String> canaries = new ArrayList<>();
        for (String version : List.of("v2", "v3")) {
            churn.deploy(version, facts -> {
                List<String> now = pods();
                canaries.add(selected(facts.canarySelector(), now));
                assertEquals("", selected(facts.canarySelector(), all));
                all.addAll(now);
                return Gate.Answer.of(Verdict.FAIL, "worse");
            });
        }
        assertTrue(canaries.toString(), canaries.stream().allMatch(names -> names.matches("(" + churn.model + "-canary-\\S+ ){2}")));

        churn.strategy = Strategy.Rolling.defaults();
        churn.deploy("v4", facts -> {
            assertFalse(facts.compares());
            assertEquals("", selected(facts.canarySelector(), all));
            assertEquals(2, selected(facts.canarySelector(), pods()).split(" ").length);
            return Gate.Answer.of(Verdict.PASS, "looks good");
        });
    }

    @Test
    public void theProgressOfARollingUpdateCountsTheNewPods() throws Exception {
        churn.deploy("v1");
        churn.strategy = Strategy.Rolling.defaults();
        int before = churn.told.of(Event.Progress.class).size();
        churn.deploy("v2");
        Event.Progress first = churn.told.of(Event.Progress.class).get(before);
        assertEquals("0 of 2 pods ready", first.done() + " of " + first.total() + " " + first.unit());
    }

    /** It never exceeds its progress deadline again, since it was whole once. */
    @Test
    public void aBrokenStableVersionIsReplacedByItsFixWhichIsJudged() throws Exception {
        churn.deploy("v1");
        fade();
        List<RolloutFacts> asked = new ArrayList<>();
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> churn.told.notes().stream().anyMatch(n -> n.contains("no ready pod of 2")));
            assertNull("nothing is touched while there is hope", churn.canary());
            churn.ahead = Duration.ofSeconds(61);
            DeployModelResult result = deploy.run(facts -> {
                asked.add(facts);
                return Gate.Answer.of(Verdict.PASS, "fine");
            });
            assertEquals("promoted", result.result());
            assertEquals(List.of(100), result.weightHistory());
            assertEquals("it passed: fine; the version before had no ready pod to compare with", result.reason());
        }
        assertEquals("v2 x 2", churn.stable());
        assertEquals(1, asked.size());
        assertTrue(asked.get(0).alone());
        assertFalse(asked.get(0).compares());
    }

    @Test
    public void aStableVersionThatBreaksInMidRolloutIsToldOnce() throws Exception {
        churn.deploy("v1");
        List<String> stable = pods();
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
            assertFalse(told(churn.told.warnings()).findAny().isPresent());
            fade(stable);
            // The gate has no answer.
            for (int ticks = 0, after = 0; ticks < 200 && after < 5; ticks++) {
                churn.clock().sleep(deploy.tick(null).nextTick());
                after += told(churn.told.warnings()).findAny().isPresent() ? 1 : 0;
            }
            assertEquals(1, told(churn.told.warnings()).count());
            deploy.abort("enough");
            assertEquals("the pods that it goes back to are away", "failed", churn.tickUntil(deploy, state -> false).result());
        }
    }

    private static java.util.stream.Stream<String> told(List<String> warnings) {
        return warnings.stream().filter(text -> text.startsWith("the stable version has no ready pod any more"));
    }

    @Test
    public void aFixThatIsNoneIsTakenBackAtOnce() throws Exception {
        churn.deploy("v1");
        fade();
        churn.progressDeadline = "5s";
        DeployModelResult result = churn.deploy("v2", facts -> Gate.Answer.of(Verdict.FAIL, "errors"));
        assertEquals("rolledBack", result.result());
        assertTrue(result.reason(), result.reason().startsWith("errors"));
        assertEquals("v1 x 2", churn.stable());
    }

    /** Then its Service's EndpointSlice has null for its endpoints. */
    @Test
    public void aStableVersionThatWasScaledToNoPodIsReplacedByOneThatIsJudged() throws Exception {
        churn.deploy("v1");
        toy.client().apps().deployments().inNamespace("ml").withName(churn.model).scale(0);
        untilNoPodIsReady();
        List<RolloutFacts> asked = new ArrayList<>();
        DeployModelResult result = churn.deploy("v2", facts -> {
            asked.add(facts);
            return Gate.Answer.of(Verdict.PASS, "fine");
        });
        assertEquals(result.reason(), "promoted", result.result());
        assertEquals("v2 x 2", churn.stable());
        assertTrue(asked.get(0).alone());
    }

    /** The pods of the stable version stop being ready, and do not come back. */
    private void fade() throws Exception {
        fade(pods());
    }

    private void fade(List<String> pods) throws Exception {
        for (String pod : pods) {
            try {
                toy.client().raw("/api/v1/namespaces/ml/pods/" + pod + ":8080/proxy/fade");
            } catch (io.fabric8.kubernetes.client.KubernetesClientException e) {
                assertEquals(503, e.getCode());
            }
        }
        untilNoPodIsReady();
    }

    private void untilNoPodIsReady() throws Exception {
        long end = System.nanoTime() + java.util.concurrent.TimeUnit.SECONDS.toNanos(30);
        while (churn.readyStable() > 0) {
            assertTrue("the pods stay ready", System.nanoTime() < end);
            Thread.sleep(20);
        }
    }

    @Test
    public void aPausedDeploymentIsToldBeforeAnythingIsTouched() throws Exception {
        churn.deploy("v1");
        toy.client().apps().deployments().inNamespace("ml").withName(churn.model).edit(d ->
                new io.fabric8.kubernetes.api.model.apps.DeploymentBuilder(d).editSpec().withPaused(true).endSpec().build());
        int writes = toy.proxy().writes().size();
        String message = org.junit.Assert.assertThrows(
                io.jenkins.plugins.mldelivery.delivery.DeliveryException.class, () -> churn.deploy("v2")).getMessage();
        assertEquals(
                "name: Deployment " + churn.model + " is paused (spec.paused), so Kubernetes would not replace its pods. Resume it with 'kubectl rollout resume deployment/"
                        + churn.model + "'; nothing was touched.", message);
        assertEquals(writes, toy.proxy().writes().size());
    }

    private List<String> pods() {
        return toy.client().pods().inNamespace("ml").withLabel("ml-delivery.io/model", churn.model).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).map(pod -> pod.getMetadata().getName()).toList();
    }

    private static String selected(String matchers, List<String> pods) {
        Matcher pattern = Pattern.compile("pod=~\"([^\"]+)\"").matcher(matchers);
        assertTrue(matchers, pattern.find());
        return pods.stream().filter(pod -> pod.matches(pattern.group(1))).map(pod -> pod + " ").collect(Collectors.joining());
    }

    private static List<String> scrape(TrackMetrics metrics, Track track) throws InterruptedException {
        try {
            return metrics.scrape(track).stream().map(page -> page.text().replaceAll("(?s).*/([^/]+)\n$", "$1")).toList();
        } catch (io.jenkins.plugins.mldelivery.delivery.DeliveryException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    public void aBadCanaryIsRolledBackByTheGate() throws Exception {
        String old = churn.deploy("v1").revision();
        DeployModelResult result = churn.deploy("v2", facts -> Gate.Answer.of(Verdict.FAIL, "ten times the errors"));
        assertEquals("rolledBack", result.result());
        assertFalse(result.ok());
        assertEquals("ten times the errors", result.reason());
        assertEquals(old, result.revision());
        assertEquals(List.of(67, 0), result.weightHistory());
        assertEquals("v1 x 2", churn.stable());
        assertEquals(2, churn.readyStable());
    }

    @Test
    public void anInconclusiveGateRollsBackAndSaysSo() throws Exception {
        churn.deploy("v1");
        assertEquals("inconclusive: too few requests", churn.deploy("v2", facts -> Gate.Answer.of(Verdict.INCONCLUSIVE, "too few requests")).reason());
    }

    @Test
    public void anAbortInAnyPhaseRollsBack() throws Exception {
        churn.deploy("v1");
        for (Phase phase : List.of(Phase.SCALING_CANARY, Phase.SHIFTING_TRAFFIC, Phase.ANALYSING, Phase.PROMOTING)) {
            try (DeployModel deploy = churn.open("v2", "test")) {
                churn.tickUntil(deploy, state -> state.phase() == phase);
                deploy.abort("aborted by alice");
                DeployModelResult result = churn.tickUntil(deploy, state -> false);
                assertEquals("rolledBack", result.result());
                assertEquals("aborted by alice", result.reason());
            }
            assertEquals("v1 x 2", churn.stable());
            assertNull(churn.canary());
        }
    }

    @Test
    public void anInterruptRollsBackBeforeItIsPassedOn() throws Exception {
        churn.deploy("v1");
        try {
            churn.deploy("v2", facts -> {
                throw new InterruptedException();
            });
            throw new AssertionError("the interrupt was swallowed");
        } catch (InterruptedException e) {
            assertEquals("v1 x 2", churn.stable());
        }
    }

    @Test
    public void anAbortRightAfterTheEndLeavesNothingBehind() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test", null, state -> {
            if (state.phase().ended()) {
                Thread.currentThread().interrupt();
            }
        })) {
            assertThrows(InterruptedException.class, () -> deploy.run(Gate.open()));
        }
        assertEquals("v2 x 2", churn.stable());
        List<String> notes = churn.told.notes();
        assertEquals(
                "the abort came after the end of the rollout, which stays as it is: promoted", notes.get(notes.size() - 1));
    }

    @Test
    public void aRolledBackPromotionLeavesNothingOfEitherTemplate() throws Exception {
        churn.env = Map.of("OLD_SETTING", "1");
        churn.deploy("v1");
        churn.env = Map.of("NEW_SETTING", "1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.PROMOTING);
            churn.tickUntil(deploy, state -> churn.stable().equals("v2 x 2"));
            deploy.abort("second thoughts");
            assertEquals("rolledBack", churn.tickUntil(deploy, state -> false).result());
        }
        assertEquals("v1 x 2", churn.stable());
        assertEquals(List.of("OLD_SETTING"), env());
        churn.env = Map.of();
        assertEquals("promoted", churn.deploy("v3").result());
        assertEquals(List.of(), env());
    }

    private List<String> env() {
        return churn.deployment(false).getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream().map(e -> e.getName()).toList();
    }

    @Test
    public void anImageThatCanNotBePulledIsExplainedAtOnceAndRolledBack() throws Exception {
        churn.deploy("v1");
        churn.progressDeadline = "4s";
        DeployModelResult result = churn.deploy("missing");
        assertEquals("rolledBack", result.result());
        assertTrue(result.reason(), result.reason().contains("manifest unknown: registry.test/ml/missing"));
        assertTrue(churn.told.warnings().toString(), churn.told.warnings().get(0).matches("pod \\S+ can't start: \\w*Image\\w* \\(manifest unknown.*"));
        assertEquals("told once, however often the kubelet tries", 1, churn.told.warnings().size());
        assertTrue("the explanation came late", told("manifest unknown").isBefore(told("rolling back").minusMillis(1000)));
        assertEquals("v1 x 2", churn.stable());
    }

    @Test
    public void aCrashIsExplainedByItsLastLines() throws Exception {
        churn.progressDeadline = "12s";
        churn.replicas = 5;
        DeployModelResult result = churn.deploy("crash-chatty");
        assertEquals(result.reason() + churn.told.warnings(), "rolledBack", result.result());
        assertTrue(result.reason(), result.reason().matches("the first version did not get ready within 12 s: pod \\S+ crashed with exit code 1"));
        assertEquals("told once, however often it crashes: " + churn.told.warnings(), 1, churn.told.warnings().size());
        String warning = churn.told.warnings().get(0);
        assertTrue(warning, warning.endsWith(" crashed with exit code 1; its last lines:"));
        int at = churn.told.notes().indexOf(warning);
        List<String> after = churn.told.notes().subList(at + 1, churn.told.notes().size());
        List<String> lines = after.stream().takeWhile(line -> line.startsWith("  | ")).toList();
        assertEquals(20, lines.size());
        assertEquals("  | fatal: the weights have 3 layers, the code wants 4", lines.get(19));
        assertEquals("  | line 30", lines.get(18));
        assertTrue(lines.get(17), lines.get(17).length() < 600);
        assertNull("a first version that never served is taken away", churn.stable());
    }

    @Test
    public void aPodThatNeverGetsReadyIsExplainedByItsProbe() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("unready", "test")) {
            churn.tickUntil(deploy, state -> churn.canary() != null && toy.client().pods().inNamespace("ml").list().getItems().stream()
                    .anyMatch(p -> p.getMetadata().getName().startsWith(churn.model + "-canary") && "Running".equals(p.getStatus().getPhase())));
            churn.ahead = Duration.ofSeconds(25);
            deploy.tick(null);
            assertEquals(1, churn.told.warnings().size());
            assertTrue(churn.told.warnings().toString(), churn.told.warnings().get(0).endsWith("runs but is not ready: its readiness probe of :8080/v2/health/ready fails"));
            churn.ahead = Duration.ofSeconds(35);
            DeployModelResult result = churn.tickUntil(deploy, state -> false);
            assertTrue(result.reason(), result.reason().startsWith("the canary did not get ready within 30 s: pod "));
        }
        assertEquals("v1 x 2", churn.stable());
    }

    private java.time.Instant told(String text) {
        return churn.told.of(Event.Note.class).stream().filter(n -> n.text().contains(text)).findFirst().orElseThrow().at();
    }

    @Test
    public void aSecondRolloutWaitsAndIsToldByWhom() throws Exception {
        churn.deploy("v1");
        Deliveries other = new Deliveries(toy, churn.model);
        try (DeployModel first = churn.open("v2", "build 7"); DeployModel second = other.open("v3", "build 8")) {
            churn.tickUntil(first, state -> state.phase() == Phase.ANALYSING);
            for (int i = 0; i < 3; i++) {
                assertTrue("it polls too fast", second.tick(null).nextTick().toMillis() >= 500);
            }
            assertEquals(List.of("waiting: the model is being rolled out by build 7"), other.told.notes());
            assertEquals("promoted", churn.tickUntil(first, state -> false).result());
            assertEquals("promoted", other.tickUntil(second, state -> false).result());
        }
        assertEquals("v3 x 2", churn.stable());
    }

    private void writeLease(LeaseSpec spec) {
        toy.client().leases().inNamespace("ml")
                .resource(new LeaseBuilder().withNewMetadata().withName(churn.model).withNamespace("ml").endMetadata()
                .withSpec(spec).build())
                .unlock().createOr(resource -> resource.update());
    }

    @Test
    public void aLeaseThatSomebodyHasSpoiledInTheMiddleOfARolloutIsTakenAgain() throws Exception {
        churn.deploy("v1");
        for (LeaseSpec spoiled : new LeaseSpec[] {null, new LeaseSpec(), new LeaseSpecBuilder()
                .withHolderIdentity("test").withLeaseDurationSeconds(-1).build()}) {
            try (DeployModel deploy = churn.open("v2", "test")) {
                churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
                writeLease(spoiled);
                deploy.tick(null);
                deploy.abort("enough");
                assertEquals("enough", churn.tickUntil(deploy, state -> false).reason());
            }
        }
    }

    @Test
    public void whatWasDecidedIsNotDoneWhenAnotherRolloutHasTakenTheLeaseMeanwhile() throws Exception {
        churn.deploy("v1");
        boolean[] taken = {false};
        try (DeployModel deploy = churn.open("v2", "test", null, state -> {
            // Between a look and what follows from it: the first change of the stable version.
            if (state.phase() == Phase.PROMOTING && state.stableTarget() != RolloutState.NO_TARGET && !taken[0]) {
                taken[0] = true;
                writeLease(new LeaseSpecBuilder().withHolderIdentity("them").withLeaseDurationSeconds(60)
                        .withRenewTime(churn.clock().now().atZone(java.time.ZoneOffset.UTC)).build());
            }
        })) {
            DeployModelResult result = churn.tickUntil(deploy, state -> {
                if (state.phase() == Phase.PROMOTING && !taken[0]) {
                    churn.ahead = churn.ahead.plusSeconds(20); // The lease has to be renewed.
                }
                return false;
            });
            assertEquals("failed", result.result());
            assertEquals("the model's lease was taken over by them, which now looks after the rollout",
                    result.reason());
        }
        assertTrue("the other's lease was lost", taken[0]);
        assertTrue(churn.stable(), churn.stable().startsWith("v1 "));
        // The other one ends.
        toy.client().leases().inNamespace("ml").withName(churn.model).delete();
        assertEquals("unchanged", churn.deploy("v1").result());
    }

    @Test
    public void aLeaseThatNeverEndsIsWaitedForAWhileAndToldOf() throws Exception {
        churn.deploy("v1");
        churn.timeout = "1h";
        writeLease(new LeaseSpecBuilder().withHolderIdentity("them\nPROMOTED")
                .withLeaseDurationSeconds(Integer.MAX_VALUE)
                .withRenewTime(churn.clock().now().atZone(java.time.ZoneOffset.UTC)).build());
        try (DeployModel deploy = churn.open("v2", "test")) {
            for (int i = 0; i < 3; i++) {
                deploy.tick(null);
            }
            assertEquals(1, churn.told.notes().stream()
                    .filter("waiting: the model is being rolled out by them\\nPROMOTED"::equals).count());
            assertEquals(1, churn.told.warnings().size());
            assertTrue(churn.told.warnings().get(0), churn.told.warnings().get(0)
                    .endsWith("with a duration of 2147483647 s since " + live()
                    + ", and is honoured for at most 10 min after each renewal"));
            churn.ahead = Duration.ofMinutes(9);
            deploy.tick(null);
            assertEquals("v1 x 2", churn.stable());
            churn.ahead = Duration.ofMinutes(9).plusSeconds(65);
            assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
        }
    }

    private java.time.Instant live() {
        return toy.client().leases().inNamespace("ml").withName(churn.model).get().getSpec().getRenewTime().toInstant();
    }

    @Test
    public void aSecondRolloutThatMayNotWaitFailsAndTouchesNothing() throws Exception {
        churn.deploy("v1");
        Deliveries other = new Deliveries(toy, churn.model);
        other.onConcurrent = "fail";
        try (DeployModel first = churn.open("v2", "build 7")) {
            churn.tickUntil(first, state -> state.phase() == Phase.ANALYSING);
            DeployModelResult result = other.deploy("v3");
            assertEquals("failed", result.result());
            assertFalse(result.ok());
            assertEquals("the model is being rolled out by build 7", result.reason());
            assertEquals("nothing was rolled back", List.of(), other.told.of(Event.Decided.class));
            Event.Finished end = other.told.of(Event.Finished.class).get(0);
            assertTrue(end.summary().contains("failed, the model is being rolled out"));
            assertFalse("it ended before it began", end.at().isBefore(other.told.of(Event.Started.class).get(0).at()));
            assertEquals("promoted", churn.tickUntil(first, state -> false).result());
        }
        assertEquals("v2 x 2", churn.stable());
    }

    @Test
    public void aRollingUpdateThatDiedUnjudgedIsPutBackBeforeAnotherVersion() throws Exception {
        dieWhileRolling();
        Deliveries next = new Deliveries(toy, churn.model);
        next.ahead = Duration.ofMinutes(7);
        DeployModelResult result = next.deploy("v3", facts -> Gate.Answer.of(Verdict.FAIL, "worse"));
        assertEquals("rolledBack", result.result());
        assertEquals("the last version that was judged", "v1 x 2", next.stable());
        assertTrue(next.told.notes().toString(), next.told.notes().stream().anyMatch(n -> n.matches("a rolling update to revision \\w+ did not end and was not judged: revision \\w+ is put back first")));
    }

    @Test
    public void aRollingUpdateThatDiedUnjudgedIsJudgedWhenItIsRolledOutAgain() throws Exception {
        dieWhileRolling();
        churn.ahead = Duration.ofMinutes(7);
        assertEquals("rolledBack", churn.deploy("v2", facts -> Gate.Answer.of(Verdict.FAIL, "worse")).result());
        assertEquals("v1 x 2", churn.stable());
        assertEquals("promoted", churn.deploy("v2").result());
        assertEquals("judged now", "unchanged", churn.deploy("v2", facts -> Gate.Answer.of(Verdict.FAIL, "worse")).result());
        assertEquals("v2 x 2", churn.stable());
    }

    private void dieWhileRolling() throws Exception {
        churn.deploy("v1");
        churn.strategy = Strategy.Rolling.defaults();
        try (DeployModel dead = churn.open("v2", "build that died")) {
            churn.tickUntil(dead, state -> state.phase() == Phase.ANALYSING);
        }
        assertEquals("v2 x 2", churn.stable());
    }

    @Test
    public void anAbortWhileWaitingLeavesTheOtherRolloutAlone() throws Exception {
        churn.deploy("v1");
        Deliveries other = new Deliveries(toy, churn.model);
        try (DeployModel first = churn.open("v2", "build 7"); DeployModel second = other.open("v3", "build 8")) {
            churn.tickUntil(first, state -> state.phase() == Phase.ANALYSING);
            second.tick(null);
            second.abort("aborted by bob");
            assertEquals("aborted by bob", other.tickUntil(second, state -> false).reason());
            assertEquals("promoted", churn.tickUntil(first, state -> false).result());
        }
    }

    @Test
    public void aPatientGateDoesNotCostTheLease() throws Exception {
        churn.deploy("v1");
        List<Duration> ages = new ArrayList<>();
        int[] looks = {0};
        Deliveries leaping = churn;
        try (DeployModel deploy = new DeployModel(
                churn.request("v2"), toy.connections(), churn.access, null, Deployers.of("test"), StateStore.none(),
                new io.jenkins.plugins.mldelivery.delivery.Environment(churn.environment().commands(), new io.jenkins.plugins.mldelivery.delivery.Clock() {
                    @Override
                    public java.time.Instant now() {
                        return leaping.clock().now();
                    }

                    @Override
                    public void sleep(Duration duration) throws InterruptedException {
                        var lease = toy.client().leases().inNamespace("ml").withName(churn.model).get();
                        if (looks[0] == 1 && lease != null) {
                            ages.add(Duration.between(lease.getSpec().getRenewTime().toInstant(), now().plus(duration)));
                            leaping.ahead = leaping.ahead.plus(duration);
                        } else {
                            leaping.clock().sleep(duration);
                        }
                    }
                }, churn.environment().secrets(), churn.told))) {
            DeployModelResult result = deploy.run(facts -> ++looks[0] < 2
                    ? Gate.Answer.pending("thinking", Duration.ofMinutes(3))
                    : Gate.Answer.of(Verdict.PASS, "fine"));
            assertEquals("promoted", result.result());
        }
        assertEquals("the gate was asked before its time", 2, looks[0]);
        assertTrue(ages.size() > 10);
        ages.forEach(age -> assertTrue("the lease was not renewed for " + age, age.toSeconds() < 60));
    }
}
