package io.jenkins.plugins.mldelivery.delivery;

/** Finds out what an image's tag names now. A rollout asks, and does not know that it is a registry that answers. */
@FunctionalInterface
public interface ImageDigests {
    /**
     * Looks a tag up, within seconds whatever the registry does.
     *
     * @param image without a digest; without a tag it is <code>latest</code>
     * @throws DeliveryException when a parameter of the look-up itself is wrong, by its name
     */
    Answer look(ImageReference image) throws DeliveryException, InterruptedException;

    /**
     * What a look has found.
     *
     * @param digest <code>sha256:…</code> of the manifest, or of the index where the tag names one; null when it was not
     *     found out
     * @param problem why not, in a few words without a full stop; null beside a digest
     */
    record Answer(String digest, String problem) {
        /** The tag names this. */
        public static Answer of(String digest) {
            return new Answer(digest, null);
        }

        /** What it names can't be found out from here. */
        public static Answer unknown(String problem) {
            return new Answer(null, problem);
        }
    }
}
