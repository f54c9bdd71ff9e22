package io.jenkins.plugins.mldelivery.verify;

import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Walks along the samples of one series, and says what each adds to what counts. The rules:
 * <ul>
 *   <li>What a sample adds belongs to its own time. Nothing until the onset counts, and what came between two samples around the onset counts neither, since nobody knows on which side of it it was.
 *   <li>A value that fell, or was created anew, was reset: it counts from zero, as Prometheus' <code>increase</code> does it. When a series was created is told with its last sample, so of samples before it only those that are later than that time are known to be of it.
 *   <li>A series of no one target, which is a sum over pods as a rule, falls when one of its pods goes or starts again: that counts nothing, since taken for a reset it would count all the other pods' requests again.
 *   <li>A gap between two samples is bridged by their difference.
 *   <li>A series that is seen for the first time counts from zero if it is known to have been at zero at or after the onset: it was created then, its source was read then and did not have it, or its process began then.
 *       Else its first value is what it starts from, since it may have been there for long without being readable.
 * </ul>
 *
 * @param <V> a counter's value, or a histogram's buckets
 */
final class SeriesWalk<V> {
    private final long onset;
    private final BiFunction<V, V, Optional<V>> difference;
    private final Long created;
    private final Long started;
    private final boolean whole;

    /**
     * @param onset in milliseconds since 1970
     * @param difference what was counted from the second value to the first; empty when it was reset in between
     * @param created when the series began to count, or null
     * @param started when its process began, or null
     * @param whole whether it belongs to no one target
     */
    SeriesWalk(long onset, BiFunction<V, V, Optional<V>> difference, Long created, Long started, boolean whole) {
        this.whole = whole;
        this.onset = onset;
        this.difference = difference;
        this.created = created;
        this.started = started;
    }

    /**
     * Whether a sample was seen already: it adds nothing, and is not to go on from.
     *
     * @param before the last sample that was seen, or null for none
     */
    boolean isKnown(Mark<V> before, long millis, V value) {
        return before != null && (millis < before.millis() || millis == before.millis() && value.equals(before.value()));
    }

    /**
     * What a sample adds that was not seen already.
     *
     * @param before the sample before it, or null for none
     * @param readBefore when its source was last read before it, or null when that is not known
     * @param last whether it is the last one that was read
     */
    Optional<V> adds(Mark<V> before, long millis, V value, Long readBefore, boolean last) {
        if (millis <= onset) {
            return Optional.empty();
        }
        if (before == null) {
            return isSinceOnset(created != null ? created : latest(readBefore, started)) ? Optional.of(value) : Optional.empty();
        }
        Optional<V> grown = grown(before, millis, value, last);
        if (grown.isEmpty() && whole) {
            return Optional.empty();
        }
        if (before.millis() >= onset) {
            return Optional.of(grown.orElse(value));
        }
        boolean freshSinceOnset = grown.isEmpty() && isSinceOnset(created != null ? created : started);
        return freshSinceOnset ? Optional.of(value) : Optional.empty();
    }

    /** What to go on from behind a sample; the parameters are those of {@link #adds}. */
    Mark<V> mark(Mark<V> before, long millis, V value, boolean last) {
        boolean stillTheOld = before != null && isCreatedLater(before) && grown(before, millis, value, last).isPresent();
        return new Mark<>(millis, value, stillTheOld ? before.created() : created);
    }

    private Optional<V> grown(Mark<V> before, long millis, V value, boolean last) {
        boolean anew = isCreatedLater(before) && (last || millis >= created);
        return anew ? Optional.empty() : difference.apply(value, before.value());
    }

    /** Compared with what was told before, not with the sample's time alone: the clocks of the pod and of the one who reads it may differ. */
    private boolean isCreatedLater(Mark<V> before) {
        return created != null && before.created() != null && created > before.created();
    }

    private boolean isSinceOnset(Long millis) {
        return millis != null && millis >= onset;
    }

    private static Long latest(Long a, Long b) {
        return a == null ? b : b == null ? a : Long.valueOf(Math.max(a, b));
    }

    /**
     * The last sample of a series.
     *
     * @param millis its time
     * @param value its value
     * @param created when the series began to count, or null when nobody told
     */
    record Mark<V>(long millis, V value, Long created) {}
}
