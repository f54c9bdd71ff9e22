package io.jenkins.plugins.mldelivery.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;

/** Environments of tests, without secrets, under the standard rules for hosts. */
public final class TestEnvironment {
    private TestEnvironment() {}

    /** One whose events nobody looks at. */
    public static Environment quiet() {
        return of(event -> {});
    }

    /** Opens a client whose warnings nobody looks at. */
    public static KubernetesClient open(ClusterAccess access) throws DeliveryException {
        return KubernetesClients.open(access, quiet(), Event.Stage.DEPLOY);
    }

    /** One with this sink. */
    public static Environment of(EventSink events) {
        return new Environment(new LocalCommands(), Clock.system(), Secrets.none(), events);
    }
}
