package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.ImageDigests;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;

/**
 * Puts the digest of what an image's tag names into the request of a rollout: what is judged is then what is promoted,
 * wherever the tag moves meanwhile, and an image that was pushed anew under the same tag is another version.
 *
 * <p>Where the digest can't be found out, the rollout goes on by the tag alone, as a node would, and that is logged.
 */
public final class ImagePin {
    /** Hex digits of a digest that are shown. */
    private static final int SHOWN = 12;

    /** Characters that a digest adds to a name. */
    private static final int DIGEST = "@sha256:".length() + 64;

    private ImagePin() {}

    /**
     * The request with the digest that its tag names now. One whose image has a digest, or that a rollout which did not
     * end has begun by the tag alone, is left as it is. Where the tag can't be looked up, such a rollout's digest of
     * the same tag is kept.
     *
     * @param state of a rollout that did not end, or null
     * @param registry is asked once; null for not at all
     * @throws DeliveryException when a parameter of the request or of the look-up is wrong, by its name
     */
    public static DeployModelRequest now(
            DeployModelRequest request, RolloutState state, ImageDigests registry, Environment environment)
            throws DeliveryException, InterruptedException {
        request.check();
        ImageReference image = ImageReference.parse("image", request.image());
        DeployModelRequest begun = asBegun(request, state);
        boolean byTag = state != null && begun.image().equals(request.image()) && isOf(state, request.image());
        if (registry == null || image.digest() != null || byTag) {
            return begun;
        }
        String tagged = request.image() + (image.tag() == null ? ":" + image.target() : "");
        ImageDigests.Answer answer = look(image, tagged, registry);
        if (answer.digest() != null) {
            environment.info(Event.Stage.DEPLOY, "image " + tagged + " is " + brief(answer.digest()) + " now");
            return request.withImage(tagged + "@" + answer.digest());
        }
        boolean kept = !begun.image().equals(request.image());
        environment.info(Event.Stage.DEPLOY, "image " + request.image() + ": what its tag names now can't be found out ("
                + answer.problem() + "), so " + (kept
                        ? "the rollout goes on with the digest that it began with"
                        : "only the tag is compared: an image that was pushed anew under it is not noticed, and pods take"
                                + " what it names when they start"));
        return begun;
    }

    private static ImageDigests.Answer look(ImageReference image, String tagged, ImageDigests registry)
            throws DeliveryException, InterruptedException {
        if (!image.isRegistryOf(tagged)) {
            // Such names are of images that were loaded onto the nodes, too; at Docker Hub it may be a stranger's.
            return ImageDigests.Answer.unknown("it names no registry");
        }
        if (tagged.length() + DIGEST > ImageReference.MAX_LENGTH) {
            return ImageDigests.Answer.unknown("with a digest its name would be too long");
        }
        return registry.look(image);
    }

    /** The request with the digest that its rollout has begun with, as its state says; nobody is asked. */
    public static DeployModelRequest asBegun(DeployModelRequest request, RolloutState state) throws DeliveryException {
        String begun = state == null || state.origin() == null ? null : state.origin().image();
        if (begun == null) {
            return request;
        }
        ImageReference image = ImageReference.parse("image", request.image());
        ImageReference its = ImageReference.parse("state", begun);
        return image.digest() == null && image.sameTag(its) ? request.withImage(begun) : request;
    }

    /** Whether a rollout has begun with this image. A release before the field had nothing but what was asked for. */
    private static boolean isOf(RolloutState state, String image) {
        return state.origin() == null || state.origin().image() == null || image.equals(state.origin().image());
    }

    private static String brief(String digest) {
        return digest.substring(0, digest.indexOf(':') + 1 + SHOWN) + "\u2026";
    }
}
