package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Something that happened during a delivery, as it happens and once. Adapters turn events into log lines, progress bars, charts and the
 * delivery record. Texts are on one line and hold nothing that a log or a terminal would act on, see {@link Printable}; {@link Environment} masks secrets in them before a sink gets them.
 */
public sealed interface Event extends Serializable {
    /** When it happened. */
    Instant at();

    /** The same event with each of its texts changed by {@code change}, for example masked. */
    Event map(UnaryOperator<String> change);

    /** The stages of a delivery, in the order a whole delivery runs them. */
    enum Stage {
        /** mlBuildImage */
        BUILD_IMAGE,
        /** mlProvision */
        PROVISION,
        /** mlDeployModel */
        DEPLOY,
        /** mlVerifyMetrics */
        VERIFY
    }

    /** How loud a {@link Note} is. */
    enum Level {
        /** Ordinary news. */
        INFO,
        /** Something the user should know although the delivery goes on. */
        WARNING,
        /** What made the delivery fail. */
        ERROR
    }

    /** A stage began. */
    record Started(Instant at, Stage stage, String title) implements Event {
        public Started {
            title = Printable.line(title);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new Started(at, stage, change.apply(title));
        }
    }

    /** A stage ended. <code>ok</code> is false when it failed; <code>summary</code> is one sentence. */
    record Finished(Instant at, Stage stage, boolean ok, String summary) implements Event {
        public Finished {
            summary = Printable.line(summary);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new Finished(at, stage, ok, change.apply(summary));
        }
    }

    /** A line of news, told once, when something changed. */
    record Note(Instant at, Stage stage, Level level, String text) implements Event {
        public Note {
            text = Printable.line(text);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new Note(at, stage, level, change.apply(text));
        }
    }

    /**
     * How far a long piece of work is. Many a second may come; adapters thin them out.
     *
     * @param what what is being done, for example <code>push model weights</code>; the same text identifies the same bar
     * @param done units done, from 0
     * @param total units in all, or -1 when not known
     * @param unit <code>bytes</code>, <code>pods</code>, <code>resources</code>, …
     */
    record Progress(Instant at, Stage stage, String what, long done, long total, String unit) implements Event {
        public Progress {
            what = Printable.line(what);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new Progress(at, stage, change.apply(what), done, total, unit);
        }
    }

    /**
     * The traffic split that the cluster confirmed.
     *
     * @param wanted the canary's share that the strategy asked for, 0 to 100
     * @param actual the canary's share that is in force, 0 to 100 (with replica-ratio traffic: of the ready pods that requests reach)
     */
    record TrafficShifted(Instant at, String model, int wanted, double actual) implements Event {
        public TrafficShifted {
            model = Printable.line(model);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new TrafficShifted(at, change.apply(model), wanted, actual);
        }

        /** Who gets the traffic, in words. */
        public String words() {
            return wanted == 100
                    ? "all to the new version"
                    : wanted == 0 ? "all to the stable version" : String.format(Locale.ROOT, "%.0f %% to the canary", actual);
        }
    }

    /**
     * One look of one check.
     *
     * @param check the check's name
     * @param canary the canary's value (an error rate from 0 to 1, or the query's value); NaN when there is none
     * @param stable the stable version's value, NaN when there is none
     * @param effect the estimated effect (for <code>errorRate</code> the rate ratio canary : stable), NaN when there is none
     * @param lower lower bound of the effect's confidence band, or NaN
     * @param upper upper bound of it, or NaN
     * @param samples requests (or measurements) of the canary that the look rests on
     * @param verdict the verdict so far, or null while there is none
     * @param reason the present state in a sentence
     * @param measure what the numbers are
     * @param band what the verdict rests on
     */
    record CheckSampled(
            Instant at,
            String check,
            double canary,
            double stable,
            double effect,
            double lower,
            double upper,
            long samples,
            Verdict verdict,
            String reason,
            Measure measure,
            Band band)
            implements Event {
        public CheckSampled {
            check = Printable.line(check);
            reason = Printable.line(reason);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new CheckSampled(at, change.apply(check), canary, stable, effect, lower, upper, samples, verdict, change.apply(reason), measure, band);
        }
    }

    /**
     * Where the value that is judged lies as far as is known, and the limits that it is held against: the canary's rate of a {@link Measure#RATE}, the difference of a
     * {@link Measure#DIFFERENCE}, the index of a {@link Measure#INDEX}.
     *
     * @param lower below which it is not, at every look; NaN when unknown
     * @param upper above which it is not, likewise
     * @param sure the probability that it is between the two at every look; NaN when unknown
     */
    record Band(double lower, double upper, double sure, List<Limit> limits) implements Serializable {
        /** Nothing is known, and nothing is held against it. */
        public static final Band NONE = new Band(Double.NaN, Double.NaN, List.of());

        /** How sure it is, is not known. */
        public Band(double lower, double upper, List<Limit> limits) {
            this(lower, upper, Double.NaN, limits);
        }

        public Band {
            limits = List.copyOf(limits);
        }
    }

    /**
     * A limit, in the unit of the value that is held against it.
     *
     * @param name what it is, such as "acceptable"
     * @param decides whether the verdict rests on it
     */
    record Limit(String name, double value, boolean decides) implements Serializable {}

    /** What the numbers of a check are. */
    enum Measure {
        /** Shares of requests, 0 to 1, and the ratio of them. */
        RATE,
        /** A value in its own unit, and the bounds that it should keep. */
        VALUE,
        /** A value of both tracks in its own unit, and the difference canary − stable. */
        DIFFERENCE,
        /** No value of a track, only a distance between the tracks, 0 or more. */
        INDEX
    }

    /**
     * The rollout ended: promoted or not, and why.
     *
     * @param versions which version takes the place of which, in words; empty when that is not known
     * @param reason what was seen that decided it, in a sentence
     */
    record Decided(Instant at, String model, boolean promoted, String versions, String reason) implements Event {
        public Decided {
            model = Printable.line(model);
            versions = Printable.line(versions);
            reason = Printable.line(reason);
        }

        @Override
        public Event map(UnaryOperator<String> change) {
            return new Decided(at, change.apply(model), promoted, change.apply(versions), change.apply(reason));
        }

        /** The versions and why. */
        public String words() {
            return versions.isEmpty() ? reason : versions + ": " + reason;
        }
    }
}
