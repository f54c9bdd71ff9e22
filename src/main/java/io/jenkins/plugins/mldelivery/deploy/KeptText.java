package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Excerpt;

/** Texts that a cluster chose, as far as a rollout keeps them from look to look: an answer may have megabytes of them. */
final class KeptText {
    /** Characters of a sentence, such as why something is not as it should be. */
    static final int MAX_SENTENCE = 2_000;
    /** Characters of a name, such as that of a revision. */
    static final int MAX_NAME = 300;

    private KeptText() {}

    /** A sentence, or null. */
    static String sentence(String text) {
        return text == null ? null : Excerpt.of(text, MAX_SENTENCE);
    }

    /** A name, or null. */
    static String name(String text) {
        return text == null ? null : Excerpt.of(text, MAX_NAME);
    }
}
