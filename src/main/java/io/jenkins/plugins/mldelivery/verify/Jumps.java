package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;
import java.util.ArrayList;
import java.util.List;

/**
 * What a counter showed since it fell for the first time: whether it was reset, or shows several processes in turn.
 * A counter that was reset begins again near zero. One that goes back to where it had been a while ago, and forth
 * again, is that of several processes behind one page, each of which has a count of its own.
 *
 * @param counts the counts that it goes on from, one of each process that it may show, the lowest first
 * @param before its last value
 * @param growth the most that one of them counted from one sample to the next
 * @param returns how often it went back or forth to one of the counts
 * @param quiet samples since it fell, or went back or forth, for the last time
 * @param odd how often it fell in a way that a restart seldom explains: more often soon after the last time than later
 */
record Jumps(List<Double> counts, double before, double growth, int returns, int quiet, int odd) {
    /** So many times are no chance. */
    private static final int SURE = 3;

    /** Processes that are told apart. */
    private static final int MAX_COUNTS = 8;

    /** By what a process may have counted on since it was last shown, in parts of all that it has counted. */
    private static final double GROWN = 0.25;

    /** From this part of its last value on a value is more than what a restarted process has counted by then, as a rule. */
    private static final double HIGH = 0.1;

    /** Below, a few events are as many as all before them. */
    static final double FEW = 20;

    /** How many samples a fall that a restart seldom explains waits for others. */
    private static final int WAIT = 4;

    /** How many samples one that was not the first one waits: a process that restarts twice as soon is rare. */
    private static final int WAIT_AGAIN = 10;

    /** So many falls of this kind are no restarts. */
    private static final int MANY = 6;

    /** After so many, a fall was a restart. */
    private static final int FORGET = 40;

    Jumps {
        counts = List.copyOf(counts);
        Numbers.amounts(counts);
        Numbers.amounts(before, growth, returns, quiet, odd);
    }

    /**
     * Goes on.
     *
     * @param state of the samples before, or null while it has not fallen
     * @param before the sample before this one
     * @return null while there is nothing to go on from
     */
    static Jumps after(Jumps state, double before, double value) {
        if (state == null) {
            return value < before ? new Jumps(List.of(value, before), value, 0, 0, 0, isHigh(before, value) ? 1 : 0) : null;
        }
        return state.plus(value);
    }

    /** Whether a fall is to a value that a restarted process seldom has by then. */
    static boolean isHigh(double before, double value) {
        return before >= FEW && value > HIGH * before;
    }

    private Jumps plus(double value) {
        int at = counts.size() - 1;
        while (at >= 0 && counts.get(at) > value) {
            at--;
        }
        boolean fell = value < before;
        boolean leapt = at >= 0 && counts.get(at) > 1.5 * before;
        // What is less than a process counts from one sample to the next may be that of one that has just begun.
        boolean known = at >= 0 && value >= FEW && value > 2 * growth && value - counts.get(at) <= GROWN * value;
        boolean returned = (fell || leapt) && known;
        double grown = at >= 0 && counts.get(at) == before ? Math.max(growth, value - before) : growth;
        if (!fell && !returned && quiet >= FORGET && !isSure()) {
            return null;
        }
        List<Double> next = new ArrayList<>(counts);
        if (at >= 0) {
            next.set(at, value);
        } else {
            next.add(0, value);
        }
        if (next.size() > MAX_COUNTS) {
            next.remove(1);
        }
        return new Jumps(
                next, value, grown, returned ? Math.min(SURE, returns + 1) : returns, fell || returned ? 0 : quiet + 1, fell && isHigh(before, value) ? oddOnceMore(quiet) : stillOdd());
    }

    /** It fell at last while what the same process counts beside it did not, as it would by a restart. */
    Jumps alone(int quietBefore) {
        return new Jumps(counts, before, growth, returns, quiet, oddOnceMore(quietBefore));
    }

    /** Restarts that often come soon after each other, as those of several workers do at every second sample, are rare: what comes later takes one back. */
    private int oddOnceMore(int quietBefore) {
        return Math.max(1, Math.min(MANY, quietBefore < WAIT ? odd + 1 : odd < MANY ? odd - 1 : odd));
    }

    private int stillOdd() {
        return odd < MANY && quiet >= WAIT_AGAIN ? 0 : odd;
    }

    /** Known from elsewhere to show several processes. */
    static Jumps certain(double value) {
        return new Jumps(List.of(value), value, 0, SURE, 0, 0);
    }

    /** Whether it shows several processes. */
    boolean isSure() {
        return returns >= SURE || odd >= MANY;
    }

    /** Whether it may. */
    boolean isOpen() {
        return returns > 0 || odd > 0 && quiet < (odd > 1 ? WAIT_AGAIN : WAIT);
    }

    void pack(Packer to) {
        to.whole(counts.size()).numbers(counts).number(before).number(growth).whole(returns).whole(quiet).whole(odd);
    }

    /** @throws IllegalArgumentException when it is damaged */
    static Jumps unpack(Unpacker from) {
        return new Jumps(from.numbers(from.count()), from.number(), from.number(), (int) from.whole(), (int) from.whole(), (int) from.whole());
    }
}
