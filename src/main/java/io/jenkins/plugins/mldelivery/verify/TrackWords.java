package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words in a PromQL query that stand for a track's label matchers: <code>CANARY</code>, <code>STABLE</code>, and in the query of a gauge <code>TRACK</code>. A word is one only where a matcher may stand, such as in <code>up{CANARY}</code> or
 * <code>up{job="x", CANARY}</code>: neither in a string nor as the name of a label or a metric.
 */
final class TrackWords {
    /** A string in any of PromQL's three quotes, a comment, or the labels of a grouping, which are left as they are; else a word between a brace or comma and a brace or comma. The labels end at any bracket: a grouping without an end would be searched to the end of the text each time. */
    private static final Pattern PART = Pattern.compile(
            "\"(?:[^\"\\\\]|\\\\.)*+\"|'(?:[^'\\\\]|\\\\.)*+'|`[^`]*+`|#[^\n]*+|(?i:\\b(?:by|without|on|ignoring|group_left|group_right)\\s*+\\([^()]*+\\))|(?<=[{,\\s])[A-Z]++(?=(?:\\s|#[^\n]*+)*+[,}])", Pattern.DOTALL);

    private static final Set<String> WORDS = Set.of(Track.CANARY.name(), Track.STABLE.name(), Check.Gauge.TRACK);

    private TrackWords() {}

    /** Whether a query asks for the matchers of a track by its own word. */
    static boolean has(String query, Track track) {
        return has(query, track.name());
    }

    /** Whether a word stands for matchers anywhere in a query. */
    static boolean has(String query, String word) {
        return PART.matcher(query).results().anyMatch(part -> word.equals(part.group()));
    }

    /** In how many places of a query matchers of any track are asked for. */
    static long count(String query) {
        return PART.matcher(query).results().filter(part -> WORDS.contains(part.group())).count();
    }

    /** The query with a word's matchers in its place. */
    static String put(String query, String word, String matchers) {
        String bare = matchers.stripTrailing();
        String without = bare.endsWith(",") ? bare.substring(0, bare.length() - 1) : matchers;
        return PART.matcher(query).replaceAll(part -> Matcher.quoteReplacement(part.group().equals(word) ? without : part.group()));
    }

    /** The query with the matchers of the tracks that have any. */
    static String put(String query, Map<Track, String> matchers) {
        String all = query;
        for (Map.Entry<Track, String> one : matchers.entrySet()) {
            all = put(all, one.getKey().name(), one.getValue());
        }
        return all;
    }
}
