package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.List;

/**
 * Whether the stable version runs the image that is asked for although it names it otherwise. A rollout of the same
 * image would judge it against itself.
 *
 * <p>The same digest under another tag is the same. With a tag asked for of which no digest is known, a digest of the
 * same tag is: only the tag is compared. A digest is never given up for a tag: that may name another image by the time
 * that pods are made of it, which nobody has judged.
 */
final class StableImage {
    private StableImage() {}

    /**
     * What is asked for, with its image named as the stable version names it, by its digest, if that is the only
     * difference.
     *
     * @param stable the stable version, or null
     * @return the same object where it is named otherwise
     */
    static KubernetesObjects named(KubernetesObjects objects, Deployment stable) throws DeliveryException {
        ImageReference asked = ImageReference.parse("image", objects.image());
        List<Container> containers = stable == null ? List.of() : stable.getSpec().getTemplate().getSpec().getContainers();
        for (Container container : containers) {
            if (isAsked(asked, container.getImage())) {
                KubernetesObjects named = objects.withImage(container.getImage());
                return Revision.of(named.template(Track.STABLE)).equals(Revision.of(stable)) ? named : objects;
            }
        }
        return objects;
    }

    private static boolean isAsked(ImageReference asked, String image) {
        try {
            ImageReference its = ImageReference.parse("image", image);
            if (its.digest() == null) {
                return false;
            }
            return asked.digest() == null
                    ? its.sameTag(asked)
                    : its.digest().equals(asked.digest())
                            && its.registry().equals(asked.registry())
                            && its.repository().equals(asked.repository());
        } catch (DeliveryException e) {
            // A container that somebody else has made may name an image that no request could.
            return false;
        }
    }
}
