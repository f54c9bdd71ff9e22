package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.List;

/**
 * Whether the stable version runs the image that is asked for although it names it otherwise: by the tag alone or with
 * its digest. A rollout of the same image would judge it against itself.
 *
 * <p>With a digest asked for, a stable version by the same tag is the same when all its pods say that they run that
 * digest. With a tag asked for of which no digest is known, a digest of the same tag is: only the tag is compared.
 */
final class StableImage {
    private StableImage() {}

    /** The pods, which are asked for only where they decide. */
    @FunctionalInterface
    interface Pods {
        List<Pod> read() throws DeliveryException, InterruptedException;
    }

    /**
     * What is asked for, with its image named as the stable version names it if that is the only difference.
     *
     * @param stable the stable version, or null
     * @param pods its pods
     */
    static KubernetesObjects named(KubernetesObjects objects, Deployment stable, Pods pods)
            throws DeliveryException, InterruptedException {
        ImageReference asked = ImageReference.parse("image", objects.image());
        List<Container> containers = stable == null ? List.of() : stable.getSpec().getTemplate().getSpec().getContainers();
        for (Container container : containers) {
            if (isAsked(asked, container.getImage())) {
                KubernetesObjects named = objects.withImage(container.getImage());
                boolean same = Revision.of(named.template(Track.STABLE)).equals(Revision.of(stable));
                boolean known = asked.digest() == null || container.getImage().endsWith("@" + asked.digest());
                return same && (known || allRun(asked.digest(), container.getName(), pods.read()))
                        ? named : objects;
            }
        }
        return objects;
    }

    /** Whether it is the same digest, or the same tag with a digest where the other has none. */
    private static boolean isAsked(ImageReference asked, String image) {
        try {
            ImageReference its = ImageReference.parse("image", image);
            if (asked.digest() != null && asked.digest().equals(its.digest())) {
                return asked.registry().equals(its.registry()) && asked.repository().equals(its.repository());
            }
            return its.sameTag(asked) && (its.digest() == null) != (asked.digest() == null);
        } catch (DeliveryException e) {
            // A container that somebody else has made may name an image that no request could.
            return false;
        }
    }

    private static boolean allRun(String digest, String container, List<Pod> pods) {
        return !pods.isEmpty() && pods.stream().allMatch(pod -> pod.getStatus() != null
                && pod.getStatus().getContainerStatuses().stream()
                        .filter(status -> container.equals(status.getName()))
                        .map(ContainerStatus::getImageID)
                        .anyMatch(id -> id != null && id.endsWith("@" + digest)));
    }
}
