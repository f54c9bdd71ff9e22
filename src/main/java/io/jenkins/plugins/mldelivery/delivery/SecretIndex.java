package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;

/**
 * Finds many texts in another one, in time about proportional to that one's length, whatever they are and however many:
 * whoever writes a log may choose both. It keeps them in order, so that a binary search finds those that a place of the
 * text begins with, and asks before whether any of them begins like that place at all, which is seldom so. Two texts that
 * agree for long are compared by the hashes of their beginnings, since one like "aaaa…" agrees with itself at each place.
 * Immutable.
 */
final class SecretIndex {
    /** Shorter texts are not searched for. */
    static final int MIN_LENGTH = 3;
    /** Characters of a text that was cut off which are enough to find it. */
    private static final int MIN_CUT = 6;
    /** Rising, each once. */
    private final String[] texts;
    /** Of each text the longest other one that it begins with, or −1. */
    private final int[] parents;
    private final TextBeginnings beginnings;
    private final TextHashes hashes;
    /** Of each text the hashes of its beginnings. */
    private final long[][] prefixes;

    /** @param wanted each of at least {@link #MIN_LENGTH} characters */
    SecretIndex(Collection<String> wanted) {
        texts = wanted.stream().distinct().sorted().toArray(String[]::new);
        parents = new int[texts.length];
        beginnings = new TextBeginnings(texts, MIN_LENGTH, MIN_CUT);
        hashes = new TextHashes(Arrays.stream(texts).mapToInt(String::length).max().orElse(0));
        prefixes = new long[texts.length][];
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < texts.length; i++) {
            while (!open.isEmpty() && !texts[i].startsWith(texts[open.peek()])) {
                open.pop();
            }
            parents[i] = open.isEmpty() ? -1 : open.peek();
            open.push(i);
            prefixes[i] = hashes.ofBlocks(texts[i]);
        }
    }

    /** Takes what is found. */
    interface Found {
        /** @param to after the last character */
        void add(int from, int to);
    }

    /**
     * Where the texts stand in this one; of those that begin at one place the longest. And where this one was cut in the
     * middle of one of them.
     *
     * @param cut what stands in this one where it was cut
     */
    void find(String text, String cut, Found found) {
        new Search(text, cut, found).run();
    }

    /** In one text. */
    private final class Search {
        private final String text;
        private final Found found;
        /** Of each place where the last cut is up to it; null when there is none at all. */
        private final int[] cuts;
        /** Made when two texts agree for long. */
        private long[] sums;

        Search(String text, String cut, Found found) {
            this.text = text;
            this.found = found;
            this.cuts = text.contains(cut) ? cuts(text, cut) : null;
        }

        private static int[] cuts(String text, String cut) {
            int[] cuts = new int[text.length() + 1];
            int last = -1;
            for (int i = 0; i < text.length(); i++) {
                last = text.startsWith(cut, i) ? i : last;
                cuts[i] = last;
            }
            cuts[text.length()] = last;
            return cuts;
        }

        void run() {
            for (int at = 0; texts.length > 0 && at <= text.length() - MIN_LENGTH; at++) {
                if (beginnings.mayHave(text, at)) {
                    find(at);
                }
            }
        }

        private void find(int at) {
            int low = 0;
            int high = texts.length;
            // How much of what is here the texts at both ends of the search begin with: all between them begin with the less.
            int ofLow = 0;
            int ofHigh = 0;
            int most = 0;
            while (low < high) {
                int middle = low + high >>> 1;
                int common = common(middle, at, Math.min(ofLow, ofHigh));
                most = Math.max(most, common);
                if (isUpTo(middle, at, common)) {
                    low = middle + 1;
                    ofLow = common;
                } else {
                    high = middle;
                    ofHigh = common;
                }
            }
            int whole = low - 1;
            while (whole >= 0 && texts[whole].length() > ofLow) {
                whole = parents[whole];
            }
            if (whole >= 0) {
                found.add(at, at + texts[whole].length());
            }
            if (cuts != null && cuts[at + most] >= at + MIN_CUT) {
                found.add(at, cuts[at + most]);
            }
        }

        /** Whether a text is not after what is here, of which it has a beginning in common; a text that is here as a whole is not. */
        private boolean isUpTo(int index, int at, int common) {
            String one = texts[index];
            return common == one.length() || at + common < text.length() && one.charAt(common) < text.charAt(at + common);
        }

        /** How many characters a text and what is here have in common; so many are known to be. */
        private int common(int index, int at, int known) {
            String one = texts[index];
            int most = Math.min(one.length(), text.length() - at);
            int common = same(one, at, known, Math.min(most, known + TextHashes.BLOCK));
            if (common == most || common < known + TextHashes.BLOCK) {
                return common;
            }
            sums = sums == null ? hashes.of(text) : sums;
            int low = common / TextHashes.BLOCK;
            int high = most / TextHashes.BLOCK;
            while (low < high) {
                int middle = low + high + 1 >>> 1;
                if (prefixes[index][middle - 1] == hashes.ofPart(sums, at, middle)) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return same(one, at, Math.max(common, low * TextHashes.BLOCK), most);
        }

        private int same(String one, int at, int from, int to) {
            int same = from;
            while (same < to && one.charAt(same) == text.charAt(at + same)) {
                same++;
            }
            return same;
        }
    }
}
