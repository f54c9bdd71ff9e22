package io.jenkins.plugins.mldelivery.verify.source;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * About how large the program of a regular expression in RE2's syntax gets, found without compiling it: RE2/J repeats what
 * is counted ({@code a{1000}}) as often, and multiplies what is nested, until there is no memory left. It also recurses
 * into nested groups.
 */
final class RegexSize {
    /** Groups in groups. */
    static final int MAX_DEPTH = 200;

    /** Instructions of the program. */
    static final int MAX_INSTRUCTIONS = 20_000;

    private final String regex;
    private final Deque<long[]> groups = new ArrayDeque<>();
    /** Instructions of the group so far without its last part, and of this part. */
    private long[] group = new long[2];
    private int depth;
    private int at;

    private RegexSize(String regex) {
        this.regex = regex;
    }

    /** Whether it is small enough to be compiled. */
    static boolean isSmall(String regex) {
        RegexSize size = new RegexSize(regex);
        size.scan();
        return size.depth <= MAX_DEPTH && size.total() <= MAX_INSTRUCTIONS;
    }

    private void scan() {
        while (at < regex.length() && depth <= MAX_DEPTH) {
            char c = regex.charAt(at++);
            switch (c) {
                case '\\' -> escape();
                case '[' -> characters();
                case '(' -> {
                    groups.push(group);
                    group = new long[2];
                    depth = Math.max(depth, groups.size());
                }
                case ')' -> {
                    long inner = 2 + group[0] + group[1];
                    group = groups.isEmpty() ? group : groups.pop();
                    part(inner);
                }
                case '*', '+', '?' -> group[1] = sum(group[1], 2);
                case '{' -> repeat();
                default -> part(1);
            }
        }
    }

    private void part(long size) {
        group[0] = sum(group[0], group[1]);
        group[1] = size;
    }

    /** As two characters; of a class with a name in braces as one part. */
    private void escape() {
        char next = at < regex.length() ? regex.charAt(at++) : 0;
        if (next == 'Q') {
            int end = regex.indexOf("\\E", at);
            part(1);
            part((end < 0 ? regex.length() : end) - at);
            // What is repeated is its last character alone, but to take all of it does no harm.
            at = end < 0 ? regex.length() : end + 2;
            return;
        }
        part(1);
        if ((next == 'p' || next == 'P' || next == 'x') && regex.startsWith("{", at)) {
            int end = regex.indexOf('}', at);
            at = end < 0 ? regex.length() : end + 1;
        }
    }

    /** To its closing bracket, which is a character of it where it is the first one. */
    private void characters() {
        part(1);
        at += regex.startsWith("^", at) ? 1 : 0;
        boolean first = true;
        while (at < regex.length() && (first || regex.charAt(at) != ']')) {
            int name = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
            at = name >= 0 ? name + 2 : at + (regex.charAt(at) == '\\' ? 2 : 1);
            first = false;
        }
        at++;
    }

    /** A count, {@code {2}}, {@code {2,}} or {@code {2,5}}; else a character. */
    private void repeat() {
        int from = at;
        long count = 0;
        long most = 0;
        while (at < regex.length() && (Character.isDigit(regex.charAt(at)) || regex.charAt(at) == ',')) {
            char c = regex.charAt(at++);
            count = c == ',' ? 0 : Math.min(MAX_INSTRUCTIONS, count * 10 + Character.digit(c, 10));
            most = Math.max(most, count);
        }
        if (at > from && regex.startsWith("}", at)) {
            at++;
            group[1] = Math.min(Integer.MAX_VALUE, (group[1] + 1) * Math.max(1, most));
        } else {
            at = from;
            part(1);
        }
    }

    private long total() {
        long all = sum(group[0], group[1]);
        for (long[] open : groups) {
            all = sum(all, sum(open[0], open[1]));
        }
        return all;
    }

    private static long sum(long a, long b) {
        return Math.min(Integer.MAX_VALUE, a + b);
    }
}
