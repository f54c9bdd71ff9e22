package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The result of a build on another machine, as its caller takes it. That machine runs what a job's author wants, so nothing of its answer is passed on unseen: the name and the tag are those that were asked for,
 * and the rest is rebuilt from values that have been checked.
 */
public final class AnsweredResult {
    /** Layers at most: a base image's and the model's. */
    static final int MAX_LAYERS = 1000;

    private static final Set<String> WHAT = Set.of("base", "weights", "model", "code");
    private static final long MAX_BYTES = MAX_LAYERS * Descriptor.MAX_SIZE;

    private AnsweredResult() {}

    /**
     * Checks an answer.
     *
     * @param answer what the other machine answered, of any class
     * @param request what it was asked for
     * @throws DeliveryException of the kind {@link DeliveryException.Kind#FAILED} when it can't be the result of this request
     */
    public static BuildImageResult of(Object answer, BuildImageRequest request) throws DeliveryException {
        if (!(answer instanceof BuildImageResult result)) {
            throw wrong("it is not the result of a build");
        }
        String digest = digest(result.digest());
        if (result.layers().size() > MAX_LAYERS) {
            throw wrong("it has " + result.layers().size() + " layers");
        }
        List<BuildImageResult.Layer> layers = new ArrayList<>();
        for (BuildImageResult.Layer layer : result.layers()) {
            if (!WHAT.contains(String.valueOf(layer.what()))) {
                throw wrong("a layer is of no known kind");
            }
            layers.add(new BuildImageResult.Layer(digest(layer.digest()), bytes(layer.bytes()), layer.reused(), layer.what()));
        }
        ImageReference image = request.reference();
        return new BuildImageResult(
                image.withDigest(digest).toString(), digest, List.of(image.tag() == null ? BuildImageRequest.DEFAULT_TAG : image.tag()), result.changed(), layers,
                bytes(result.pushedBytes()), bytes(result.totalBytes()));
    }

    private static String digest(String text) throws DeliveryException {
        if (!Digests.isDigest(text)) {
            throw wrong("a digest is not valid");
        }
        return text;
    }

    private static long bytes(long number) throws DeliveryException {
        if (number < 0 || number > MAX_BYTES) {
            throw wrong("a number of bytes can't be");
        }
        return number;
    }

    private static DeliveryException wrong(String why) {
        return DeliveryException.failed(
                null, "the agent's answer is not taken: " + why, "Check the agent and who may run programs on it.", null);
    }
}
