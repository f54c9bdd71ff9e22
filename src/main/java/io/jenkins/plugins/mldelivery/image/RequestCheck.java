package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A request whose every parameter has been checked, before anything is read or written.
 *
 * @param image the target; always with a tag
 * @param base the base image, or null for scratch
 * @param platform the platform
 * @param timeout for the whole step
 */
record RequestCheck(ImageReference image, ImageReference base, Platform platform, Duration timeout) {
    private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*+");
    private static final int MAX_PATTERNS = 100;
    private static final int MAX_PATH = 4096;

    static RequestCheck of(BuildImageRequest request) throws DeliveryException {
        if (request.model() == null || request.model().isBlank()) {
            throw DeliveryException.invalid("model", "no model is given", "Give the folder or file of the model.");
        }
        ImageReference image = request.reference();
        if (image.digest() != null) {
            throw DeliveryException.invalid(
                    "image", "'" + request.image() + "' has a digest, which only the result can tell", "Give a tag instead.");
        }
        if (image.tag() == null) {
            image = new ImageReference(image.registry(), image.repository(), BuildImageRequest.DEFAULT_TAG, null);
        }
        if (!request.push() && request.layout() == null) {
            throw DeliveryException.invalid(
                    "push", "the image would go nowhere: push is off and there is no layout", "Set `push`, or `layout`, or both.");
        }
        if (request.layout() != null && request.layout().isBlank()) {
            throw DeliveryException.invalid("layout", "no folder is given", "Give the folder for the OCI layout, or leave it out.");
        }
        checkModelPath(request.modelPath());
        checkInclude(request.include());
        if (request.port() < 0 || request.port() > 65_535) {
            throw DeliveryException.invalid("port", "it must be from 1 to 65535, or 0 for none, not " + request.port(), "Give a port such as 8080.");
        }
        for (String name : request.env().keySet()) {
            if (!ENV_NAME.matcher(name).matches()) {
                throw DeliveryException.invalid(
                        "env", "'" + name + "' is not a valid name of a variable", "Use letters, digits and '_', not beginning with a digit.");
            }
        }
        if (request.labels().containsKey("")) {
            throw DeliveryException.invalid("labels", "a label has no name", "Name each label.");
        }
        Duration timeout = request.timeoutDuration();
        return new RequestCheck(image, base(request.base()), platform(request.platform()), timeout);
    }

    private static void checkInclude(List<String> patterns) throws DeliveryException {
        if (patterns.size() > MAX_PATTERNS) {
            throw DeliveryException.invalid("include", "there are " + patterns.size() + " patterns, more than " + MAX_PATTERNS, "Use '*' in them.");
        }
        for (String pattern : patterns) {
            boolean odd = pattern.isBlank() || pattern.length() > MAX_PATH || pattern.startsWith("/") || pattern.endsWith("/")
                    || List.of(pattern.split("/")).contains("..");
            if (odd) {
                throw DeliveryException.invalid(
                        "include", "'" + Excerpt.of(pattern) + "' is not a name or path in the model's folder", "Write it like .env, *.key or certs/ca.pem.");
            }
        }
    }

    private static void checkModelPath(String path) throws DeliveryException {
        boolean odd = path == null || path.length() > MAX_PATH || !path.startsWith("/") || path.chars().anyMatch(Character::isISOControl)
                || Arrays.stream(path.split("/")).anyMatch(part -> part.equals("..") || part.equals("."));
        if (odd) {
            throw DeliveryException.invalid(
                    "modelPath", "'" + Excerpt.of(path) + "' is not an absolute folder of an image", "Write it like /models, without '.' and '..', in at most " + MAX_PATH + " characters.");
        }
    }

    private static ImageReference base(String base) throws DeliveryException {
        if (base == null || base.isBlank()) {
            throw DeliveryException.invalid("base", "no base image is given", "Give an image name, or scratch.");
        }
        return base.equals(BuildImageRequest.DEFAULT_BASE) ? null : ImageReference.parse("base", base);
    }

    private static Platform platform(String text) throws DeliveryException {
        try {
            return Platform.parse(text);
        } catch (MalformedException e) {
            throw DeliveryException.invalid("platform", e.getMessage(), "Write it like linux/amd64 or linux/arm64.");
        }
    }
}
