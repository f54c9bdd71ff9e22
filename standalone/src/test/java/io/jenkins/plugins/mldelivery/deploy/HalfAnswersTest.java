package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;

/** Rollouts while the cluster answers with halves of its objects. */
public class HalfAnswersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RUNS = 4;

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
        toy.proxy().bodies(UnaryOperator.identity());
        toy.client().apps().deployments().inNamespace("ml").delete();
    }

    /** What the API server says, without these parts of its objects, and of those of its lists. */
    private static String without(String body, Set<String> parts) {
        try {
            JsonNode answer = JSON.readTree(body);
            if (answer instanceof ObjectNode object && !object.path("kind").asText().equals("Status")) {
                for (JsonNode item : object.path("items")) {
                    ((ObjectNode) item).remove(parts);
                }
                if (!object.has("items")) {
                    object.remove(parts);
                }
            }
            return answer.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    public void theyAreWaitedOutInEveryPhase() throws Exception {
        int version = 1;
        churn.deploy("v1");
        for (Phase phase : List.of(Phase.SCALING_CANARY, Phase.SHIFTING_TRAFFIC, Phase.ANALYSING, Phase.PROMOTING)) {
            for (String part : List.of("spec", "metadata")) {
                String image = "v" + ++version;
                try (DeployModel deploy = churn.open(image, "test")) {
                    churn.tickUntil(deploy, state -> state.phase() == phase);
                    toy.proxy().bodies(body -> without(body, Set.of(part)));
                    for (int i = 0; i < 3; i++) {
                        assertNull(deploy.tick(null).result());
                    }
                    toy.proxy().bodies(UnaryOperator.identity());
                    assertEquals(phase + " " + part, "promoted", churn.tickUntil(deploy, state -> false).result());
                }
                assertEquals(image + " x 2", churn.stable());
                assertNull(churn.canary());
            }
        }
        assertTrue(churn.told.warnings().toString(), churn.told.warnings().stream().anyMatch(
                w -> w.endsWith(" (its answer lacks the spec of the Deployment); trying again until it works or the time is over")));
    }

    /** Whatever is taken from whichever answer: a rollout that has begun ends as it should. */
    @Test
    public void anyOfTheirPartsMayLackAtAnyTime() throws Exception {
        churn.deploy("v0");
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            UnaryOperator<String> some = body -> {
                synchronized (random) {
                    String part = List.of("spec", "metadata", "status").get(random.nextInt(3));
                    return random.nextInt(8) > 0 ? body : without(body, Set.of(part));
                }
            };
            String image = "v" + (seed + 1);
            DeployModelResult result;
            try (DeployModel deploy = churn.open(image, "test")) {
                churn.tickUntil(deploy, state -> state.phase() == Phase.SCALING_CANARY);
                toy.proxy().bodies(some);
                result = churn.tickUntil(deploy, state -> false);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            } finally {
                toy.proxy().bodies(UnaryOperator.identity());
            }
            assertEquals("seed " + seed + ": " + result.reason(), "promoted", result.result());
            assertEquals(image + " x 2", churn.stable());
        }
    }
}
