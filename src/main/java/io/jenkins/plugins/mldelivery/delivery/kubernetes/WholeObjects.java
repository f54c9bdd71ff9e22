package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;

/**
 * Makes objects of a cluster's answers, and none that lacks what an API server always gives: its name, and the spec of
 * the kinds that have one, or what a review has found. So whoever has such an object may take these for granted. Such an answer is no API server's,
 * or half of one, and the same call may succeed later: it fails like one that was not answered.
 */
final class WholeObjects extends KubernetesSerialization {
    /** All answers come in here: what else makes objects of texts calls this. */
    @Override
    public <T> T unmarshal(InputStream json, TypeReference<T> type) {
        T object = super.unmarshal(json, type);
        String lacking = object instanceof HasMetadata answer ? lacking(answer) : null;
        if (lacking != null) {
            String problem = "its answer lacks the " + lacking + " of the " + ((HasMetadata) object).getKind();
            throw new KubernetesClientException(problem, new IOException(problem));
        }
        return object;
    }

    private static String lacking(HasMetadata object) {
        if (object instanceof SelfSubjectAccessReview review) {
            return review.getStatus() == null ? "status" : null; // It has no name.
        }
        if (object.getMetadata() == null || object.getMetadata().getName() == null) {
            return "name";
        }
        if (object instanceof Deployment deployment) {
            return lacking(deployment);
        }
        boolean whole = !(object instanceof ReplicaSet set && set.getSpec() == null
                || object instanceof Pod pod && pod.getSpec() == null
                || object instanceof Service service && service.getSpec() == null
                || object instanceof HorizontalPodAutoscaler scaler && scaler.getSpec() == null);
        return whole ? null : "spec";
    }

    private static String lacking(Deployment deployment) {
        if (deployment.getMetadata().getUid() == null) {
            return "uid";
        }
        if (deployment.getSpec() == null) {
            return "spec";
        }
        boolean whole = deployment.getSpec().getTemplate() != null && deployment.getSpec().getTemplate().getSpec() != null;
        return whole ? null : "pod template";
    }
}
