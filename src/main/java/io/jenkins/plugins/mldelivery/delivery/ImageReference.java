package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a container image: <code>[registry/]repository[:tag][@digest]</code>, by the grammar of the distribution project
 * (github.com/distribution/reference).
 *
 * @param registry host and port; <code>docker.io</code> when the name has none
 * @param repository the path below the registry
 * @param tag the tag, or null
 * @param digest <code>sha256:…</code>, or null
 */
public record ImageReference(String registry, String repository, String tag, String digest) implements Serializable {
    /** Characters of a name. */
    public static final int MAX_LENGTH = 512;

    private static final String LATEST = "latest";
    private static final String DOCKER_HUB = "docker.io";
    /** An older name of the same registry. */
    private static final String DOCKER_HUB_ALIAS = "index.docker.io";
    private static final int MAX_PORT = 65_535;
    private static final String NAME_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern GRAMMAR = Pattern.compile("(?:(?<registry>[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
            + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\\d{1,5})?|\\[[0-9a-fA-F:]+](?::\\d{1,5})?)/)?"
            + "(?<repository>" + NAME_PART + "(?:/" + NAME_PART + ")*)"
            + "(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?");
    private static final String REMEDY =
            "Write it like registry.example.com/team/churn:1.4 (lower-case repository, tag of letters, digits, '_', '.', '-').";

    /**
     * Parses a name.
     *
     * @param parameter the parameter it came from, for the error
     */
    public static ImageReference parse(String parameter, String text) throws DeliveryException {
        if (text == null || text.isBlank()) {
            throw DeliveryException.invalid(parameter, "no image name is given", REMEDY);
        }
        if (text.length() > MAX_LENGTH) {
            throw DeliveryException.invalid(parameter, "the image name has " + text.length() + " characters", REMEDY);
        }
        Matcher m = GRAMMAR.matcher(text);
        if (!m.matches()) {
            throw DeliveryException.invalid(parameter, "'" + text + "' is not a valid image name", REMEDY);
        }
        String registry = m.group("registry");
        String repository = m.group("repository");
        if (registry != null
                && !registry.contains(".")
                && !registry.contains(":")
                && !registry.equals("localhost")) {
            // Docker's rule: a first part without dot, colon or "localhost" belongs to the repository.
            if (!registry.equals(Ascii.lower(registry))) {
                throw DeliveryException.invalid(parameter, "'" + text + "' is not a valid image name", REMEDY);
            }
            repository = registry + "/" + repository;
            registry = null;
        }
        if (registry != null && !isHost(registry)) {
            throw DeliveryException.invalid(parameter, "'" + registry + "' is not a host, or its port is not one", REMEDY);
        }
        if (registry == null || registry.equals(DOCKER_HUB_ALIAS)) {
            registry = DOCKER_HUB;
        }
        if (registry.equals(DOCKER_HUB) && !repository.contains("/")) {
            repository = "library/" + repository;
        }
        return new ImageReference(registry, repository, m.group("tag"), m.group("digest"));
    }

    /** Whether it can be in an address: the grammar lets through [::::], 1.2.3.999 and the port 99999. */
    private static boolean isHost(String registry) {
        try {
            URI uri = new URI("https://" + registry + "/");
            return uri.getHost() != null && uri.getPort() <= MAX_PORT;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** This name with a digest, without its tag: what to deploy. */
    public ImageReference withDigest(String newDigest) {
        return new ImageReference(registry, repository, null, newDigest);
    }

    /** What to put after <code>/manifests/</code>: the digest if there is one, else the tag, else <code>latest</code>. */
    public String target() {
        return digest != null ? digest : tag != null ? tag : LATEST;
    }

    /** Whether the text that this was parsed from names its registry, and does not leave it to the default. */
    public boolean isRegistryOf(String text) {
        String first = text.substring(0, Math.max(0, text.indexOf('/')));
        return first.equals(registry) || first.equals(DOCKER_HUB_ALIAS);
    }

    /** Whether both name the same tag of the same repository, whatever their digests. */
    public boolean sameTag(ImageReference other) {
        return registry.equals(other.registry) && repository.equals(other.repository) && named().equals(other.named());
    }

    /** The tag that it names; the empty string where it names a digest alone. */
    private String named() {
        return tag != null ? tag : digest != null ? "" : LATEST;
    }

    @Override
    public String toString() {
        return registry + "/" + repository + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }
}
