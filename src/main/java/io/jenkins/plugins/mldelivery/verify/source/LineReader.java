package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Map;

/** Reads a sample's line from behind its name: labels, value, time stamp. What follows is an exemplar, or nothing. */
final class LineReader {
    private final String page;
    private final int end;
    private int at;

    LineReader(String page, int start, int end) {
        this.page = page;
        this.at = start;
        this.end = end;
    }

    /**
     * Reads the labels, if there are any.
     *
     * @return the name that is quoted among them, empty when there is none; null when the line is broken
     * @throws LimitExceededException when there are too many, or one is too long
     */
    String labels(Map<String, String> to) throws LimitExceededException {
        String name = "";
        blanks();
        if (at >= end || page.charAt(at) != '{') {
            return name;
        }
        at++;
        while (true) {
            blanks();
            if (at >= end) {
                return null;
            }
            char c = page.charAt(at);
            if (c == '}') {
                at++;
                return name;
            }
            if (c == ',') {
                at++;
                continue;
            }
            String label = c == '"' ? quoted() : bare();
            if (label == null) {
                return null;
            }
            blanks();
            if (at < end && page.charAt(at) == '=') {
                at++;
                blanks();
                String value = at < end && page.charAt(at) == '"' ? quoted() : null;
                if (value == null || label.isEmpty()) {
                    return null;
                }
                to.put(label, value);
                if (to.size() > ReadLimits.MAX_LABELS) {
                    throw new LimitExceededException("sent a series with more than " + ReadLimits.MAX_LABELS + " labels", "Let it show fewer labels");
                }
                if (Math.max(label.length(), value.length()) > ReadLimits.MAX_LABEL_LENGTH) {
                    throw new LimitExceededException("sent a label of more than " + ReadLimits.MAX_LABEL_LENGTH + " characters", "Let it show shorter labels");
                }
            } else if (c == '"' && name.isEmpty()) {
                name = label;
            } else {
                return null;
            }
        }
    }

    private String bare() {
        int start = at;
        while (at < end && page.charAt(at) != '=' && page.charAt(at) != ',' && page.charAt(at) != '}' && page.charAt(at) != '"' && !ExpositionParser.isBlank(page.charAt(at))) {
            at++;
        }
        return page.substring(start, at);
    }

    private String quoted() {
        int start = ++at;
        StringBuilder unescaped = null;
        for (; at < end; at++) {
            char c = page.charAt(at);
            if (c == '"') {
                String value = unescaped == null ? page.substring(start, at) : unescaped.toString();
                at++;
                return value;
            }
            if (c == '\\' && at + 1 < end) {
                unescaped = unescaped == null ? new StringBuilder(page.substring(start, at)) : unescaped;
                at++;
                char next = page.charAt(at);
                unescaped.append(next == 'n' ? '\n' : next);
            } else if (unescaped != null) {
                unescaped.append(c);
            }
        }
        return null;
    }

    /** The value; null when it is none. */
    Double value() {
        String text = field();
        try {
            return text.isEmpty() ? null : ExpositionParser.number(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The time stamp in milliseconds; null when there is none, or none that can be meant. */
    Long stamp(boolean openMetrics) {
        String text = field();
        if (text.isEmpty() || text.charAt(0) == '#') {
            return null;
        }
        try {
            double number = ExpositionParser.number(text) * (openMetrics ? 1000 : 1);
            return SampleTimes.isTime(number) ? Long.valueOf(Math.round(number)) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private String field() {
        blanks();
        int start = at;
        while (at < end && !ExpositionParser.isBlank(page.charAt(at))) {
            at++;
        }
        return page.substring(start, at);
    }

    private void blanks() {
        while (at < end && ExpositionParser.isBlank(page.charAt(at))) {
            at++;
        }
    }
}
