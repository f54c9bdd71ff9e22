package io.jenkins.plugins.mldelivery.verify.source;

import java.util.HashMap;
import java.util.Map;

/** Labels of many series, each name and value of which is there once, and charged where it is made: pods have the same ones over and over. */
final class SharedTexts {
    /** Bytes of a text with its place among the others, besides its characters. */
    private static final int TEXT = 96;

    /** Bytes of a label in the map of its series. */
    private static final int LABEL = 16;

    private final LookBudget budget;
    private final Map<String, String> texts = new HashMap<>();

    SharedTexts(LookBudget budget) {
        this.budget = budget;
    }

    /**
     * The same labels, to be kept.
     *
     * @throws LookBudget.Full when a look may not keep so much
     */
    Map<String, String> of(Map<String, String> labels) {
        budget.made((long) LABEL * labels.size());
        Map<String, String> shared = new HashMap<>();
        labels.forEach((name, value) -> shared.put(of(name), of(value)));
        return Map.copyOf(shared);
    }

    private String of(String text) {
        String same = texts.get(text);
        if (same == null) {
            budget.made(TEXT + 2L * text.length());
            texts.put(text, text);
            same = text;
        }
        return same;
    }
}
