package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;

/** Rollouts while a balancer or a portal answers in the API server's place. */
public class DeployModelPortalTest {
    private static final Map<Integer, String> SAID = Map.of(
            FaultProxy.PAGE, "its answer is not JSON",
            FaultProxy.NULL, "its answer is not JSON",
            FaultProxy.NO_BACKEND, "status 404: 404 page not found",
            FaultProxy.BLOCKED, "status 403: <html>Request blocked</html>",
            FaultProxy.LOGIN_PAGE, "it redirects to another address, which is not followed",
            FaultProxy.EMPTY, "its answer is not JSON",
            FaultProxy.OTHER_JSON, "its answer is not an object of the Kubernetes API");

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

    private static int onlyNow(int fault, String request) {
        return request.contains("watch=true") ? FaultProxy.NONE : fault;
    }

    @Test
    public void aRolloutUnderWayWaitsAndTellsItOnce() throws Exception {
        int version = 1;
        churn.deploy("v1");
        for (Map.Entry<Integer, String> fault : SAID.entrySet()) {
            int before = churn.told.warnings().size();
            String image = "v" + ++version;
            try (DeployModel deploy = churn.open(image, "test")) {
                churn.tickUntil(deploy, state -> state.phase() == Phase.SHIFTING_TRAFFIC);
                toy.proxy().faults(request -> onlyNow(fault.getKey(), request));
                for (int i = 0; i < 3; i++) {
                    DeployModel.Tick tick = deploy.tick(null);
                    assertTrue(fault + ": no back-off: " + tick.nextTick(), tick.nextTick().toMillis() >= 1000 << i);
                }
                toy.proxy().faults(request -> FaultProxy.NONE);
                assertEquals(fault.getValue(), "promoted", churn.tickUntil(deploy, state -> false).result());
            }
            List<String> told = churn.told.warnings().subList(before, churn.told.warnings().size());
            assertEquals(told.toString(), 1, told.size());
            assertTrue(
                    told.get(0),
                    told.get(0).startsWith("could not read the lease of ")
                            && told.get(0).endsWith(" (" + fault.getValue() + "); trying again until it works or the time is over"));
            assertEquals(image + " x 2", churn.stable());
            assertNull(churn.canary());
        }
    }

    /** Such as the canary's Deployment, whose absence would mean that there is nothing to take back. */
    @Test
    public void whatIsNotFoundByABalancerIsNotTakenForGone() throws Exception {
        churn.deploy("v1");
        try (DeployModel deploy = churn.open("v2", "test")) {
            churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
            toy.proxy().faults(request -> request.contains("/deployments/") ? FaultProxy.NO_BACKEND : FaultProxy.NONE);
            assertNull(deploy.tick(null).result());
            assertEquals(Phase.ANALYSING, churn.saved.phase());
            toy.proxy().faults(request -> FaultProxy.NONE);
            assertEquals("promoted", churn.tickUntil(deploy, state -> false).result());
        }
    }

    @Test
    public void theWayBackWaitsToo() throws Exception {
        churn.deploy("v1");
        for (int fault : SAID.keySet()) {
            try (DeployModel deploy = churn.open("v2", "test")) {
                churn.tickUntil(deploy, state -> state.phase() == Phase.ANALYSING);
                deploy.abort("aborted by alice");
                toy.proxy().faults(request -> onlyNow(fault, request));
                assertNull(deploy.tick(null).result());
                toy.proxy().faults(request -> FaultProxy.NONE);
                deploy.tick(null);
                assertEquals(SAID.get(fault), Phase.ROLLING_BACK, churn.saved.phase());
                toy.proxy().faults(request -> onlyNow(fault, request));
                assertNull(deploy.tick(null).result());
                toy.proxy().faults(request -> FaultProxy.NONE);
                assertEquals("rolledBack", churn.tickUntil(deploy, state -> false).result());
            }
            assertEquals("v1 x 2", churn.stable());
            assertNull(churn.canary());
        }
    }

    @Test
    public void beforeAnythingIsBegunItEndsAtOnce() throws Exception {
        churn.deploy("v1");
        int writes = toy.proxy().writes().size();
        for (Map.Entry<Integer, String> fault : SAID.entrySet()) {
            toy.proxy().faults(request -> fault.getKey());
            try (DeployModel deploy = churn.open("v2", "test")) {
                DeliveryException e = assertThrows(DeliveryException.class, () -> deploy.tick(null));
                assertEquals(fault.toString(), DeliveryException.Kind.FAILED, e.kind());
                assertTrue(e.getMessage(), e.getMessage().contains(": " + fault.getValue() + ". ")
                        && e.getMessage().contains(" address "));
            }
            toy.proxy().faults(request -> FaultProxy.NONE);
        }
        assertEquals(writes, toy.proxy().writes().size());
        assertEquals("v1 x 2", churn.stable());
    }
}
