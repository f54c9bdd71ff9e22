package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;

import io.fabric8.kubernetes.api.model.Service;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** Services of the embedded cluster, or of a real API server (-Dkubeconfig=FILE). */
public class ServiceSwitchTest {
    @ClassRule
    public static final RouterCluster CLUSTER = new RouterCluster();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static ClusterRouter router(String model) {
        return CLUSTER.router(CLUSTER.client(), model, Strategy.BlueGreen.defaults(), new TrafficKind.ReplicaRatio());
    }

    private static Service service(String name) {
        return CLUSTER.client().services().inNamespace(CLUSTER.namespace()).withName(name).get();
    }

    @Test
    public void theSelectorFollowsTheTrack() throws Exception {
        ClusterRouter router = router(RouterCluster.MODEL);
        router.checkAccess();
        assertEquals("a Service over both versions is not as wanted", new TrafficStatus(TrafficSplit.STABLE_ONLY, false, null), router.observe());
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        router.route(new TrafficSplit(100, 0));
        assertEquals(new TrafficStatus(new TrafficSplit(100, 0), true, null), router.observe());
        Service canary = service(RouterCluster.MODEL);
        assertEquals(Map.of("ml-delivery.io/model", "churn", "ml-delivery.io/track", "canary"), canary.getSpec().getSelector());
        router.route(new TrafficSplit(100, 0));
        assertEquals(canary.getMetadata().getResourceVersion(), service(RouterCluster.MODEL).getMetadata().getResourceVersion());
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals("stable", service(RouterCluster.MODEL).getSpec().getSelector().get("ml-delivery.io/track"));
    }

    @Test
    public void aServiceIsNotDivided() {
        assertThrows(IllegalArgumentException.class, () -> router(RouterCluster.MODEL).route(new TrafficSplit(10, 0)));
    }

    @Test
    public void withoutTheServiceTheWayBackIsFree() throws Exception {
        ClusterRouter router = router("nobody");
        assertEquals(new TrafficStatus(TrafficSplit.STABLE_ONLY, false, "there is no Service 'nobody'"), router.observe());
        router.route(TrafficSplit.STABLE_ONLY);
        assertThrows(DeliveryException.class, () -> router.route(new TrafficSplit(100, 0)));
    }

    @Test
    public void whereThePodsRouteThereIsNoRouter() {
        assertNull(CLUSTER.router(Strategy.Canary.defaults(), new TrafficKind.ReplicaRatio()));
        assertNull(CLUSTER.router(Strategy.Rolling.defaults(), new TrafficKind.ReplicaRatio()));
    }
}
