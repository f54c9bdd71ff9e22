package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import org.junit.Test;

/** What an error of the Kubernetes API is told as. */
public class KubernetesErrorsTest {
    private static DeliveryException refused(int code, String said) {
        return KubernetesErrors.explain("read Deployment ml/churn", new KubernetesClientException(said, code, null));
    }

    @Test
    public void aLoginThatIsNotAcceptedOrMayNotDoItSaysWhichLogin() {
        assertEquals(
                "cluster: could not read Deployment ml/churn: Unauthorized. Check the credentials for the cluster, which may"
                        + " have expired.",
                refused(401, "Unauthorized").getMessage());
        assertEquals(
                "cluster: could not read Deployment ml/churn: forbidden. Grant this right to the cluster's login.",
                refused(403, "forbidden").getMessage());
        assertEquals(
                "cluster: could not read Deployment ml/churn: gone. Try again: it was changed meanwhile.",
                refused(410, "gone").getMessage());
        assertEquals(
                "cluster: could not read Deployment ml/churn: bad. Correct what the API server does not take.",
                refused(422, "bad").getMessage());
        assertEquals(
                "cluster: could not read Deployment ml/churn: failed to create typed patch object: .data.a: expected string, got &{true}."
                        + " Correct what the API server does not take.",
                refused(500, "failed to create typed patch object: .data.a: expected string, got &{true}").getMessage());
    }
}
