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
 * @param high whether it fell to a value that a restart seldom explains
 */
record Jumps(List<Double> counts, double before, double growth, int returns, int quiet, boolean high) {
    /** So many times are no chance. */
    private static final int SURE = 3;

    /** Processes that are told apart. */
    private static final int MAX_COUNTS = 8;

    /** By what a process may have counted on since it was last shown, in parts of all that it has counted. */
    private static final double GROWN = 0.25;

    /** From this part of its last value on a value is more than what a restarted process has counted by then, as a rule. */
    private static final double HIGH = 0.1;

    /** Below, a few events are as many as all before them. */
    private static final double FEW = 20;

    /** How many samples such a fall waits for others. */
    private static final int WAIT = 4;

    /** After so many, a fall was a restart. */
    private static final int FORGET = 40;

    Jumps {
        counts = List.copyOf(counts);
        Numbers.amounts(counts);
        Numbers.amounts(before, growth, returns, quiet);
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
            return value < before ? new Jumps(List.of(value, before), value, 0, 0, 0, isHigh(before, value)) : null;
        }
        return state.plus(value);
    }

    private static boolean isHigh(double before, double value) {
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
        if (!fell && !returned && quiet >= FORGET && returns < SURE) {
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
        boolean stays = high && quiet < WAIT;
        return new Jumps(next, value, grown, returned ? Math.min(SURE, returns + 1) : returns, fell || returned ? 0 : quiet + 1, stays || fell && isHigh(before, value));
    }

    /** Known from elsewhere to show several processes. */
    static Jumps certain(double value) {
        return new Jumps(List.of(value), value, 0, SURE, 0, false);
    }

    /** Whether it shows several processes. */
    boolean isSure() {
        return returns >= SURE;
    }

    /** Whether it may. */
    boolean isOpen() {
        return returns > 0 || high && quiet < WAIT;
    }

    void pack(Packer to) {
        to.whole(counts.size()).numbers(counts).number(before).number(growth).whole(returns).whole(quiet).whole(high ? 1 : 0);
    }

    /** @throws IllegalArgumentException when it is damaged */
    static Jumps unpack(Unpacker from) {
        return new Jumps(from.numbers(from.count()), from.number(), from.number(), (int) from.whole(), (int) from.whole(), from.whole() == 1);
    }
}
