package io.jenkins.plugins.mldelivery.steps;

import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Tells events in the build log: a line when something changed, and for long work a line every few seconds in which it got on. */
final class LogEvents implements EventSink {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(10);
    private static final String INDENT = "  ";
    private static final double MIB = 1024 * 1024;

    private final TaskListener listener;
    private final String subject;
    private final Map<String, Instant> told = new HashMap<>();
    private final Map<String, String> lastProgress = new HashMap<>();
    private final Map<String, Event.CheckSampled> lastLook = new HashMap<>();

    /** @param subject what the lines are about, which is put before them where others write to the same log; null for nothing */
    LogEvents(TaskListener listener, String subject) {
        this.listener = listener;
        this.subject = subject == null ? "" : Printable.line(subject) + ": ";
    }

    @Override
    public synchronized void accept(Event event) {
        if (event instanceof Event.Started s) {
            line("[" + name(s.stage()) + "] ", s.title());
        } else if (event instanceof Event.Finished f) {
            line("[" + name(f.stage()) + "] ", summary(f));
        } else if (event instanceof Event.Note n) {
            line(INDENT, (n.level() == Event.Level.INFO ? "" : n.level().name().toLowerCase(Locale.ROOT) + ": ") + n.text());
        } else if (event instanceof Event.Progress p) {
            String news = p.what() + ": " + amount(p);
            if (due(p.stage() + p.what(), p.at()) && !news.equals(lastProgress.put(p.stage() + p.what(), news))) {
                line(INDENT, news);
            }
        } else if (event instanceof Event.TrafficShifted t) {
            line(INDENT, "traffic: " + t.words());
        } else if (event instanceof Event.CheckSampled c) {
            if (c.verdict() == null && isNews(c) && due(c.check(), c.at())) {
                lastLook.put(c.check(), c);
                line(INDENT, c.check() + ": " + c.reason());
            }
        } else if (event instanceof Event.Decided d) {
            line(INDENT, (d.promoted() ? "PROMOTED: " : "ROLLED BACK: ") + d.words());
        }
    }

    /** A verdict says itself that it is a failure; its reason was told with the check's own line, and comes again with what the verdict leads to. */
    private static String summary(Event.Finished f) {
        if (f.stage() == Event.Stage.VERIFY) {
            return f.summary().replaceFirst(":.*", "");
        }
        return (f.ok() ? "" : "failed: ") + f.summary();
    }

    /** Whether a look says something else than the last one that was told, or rests on twice as much. */
    private boolean isNews(Event.CheckSampled c) {
        Event.CheckSampled last = lastLook.get(c.check());
        return last == null || c.samples() >= 2 * Math.max(1, last.samples()) || !words(c.reason()).equals(words(last.reason()));
    }

    private static String words(String reason) {
        return reason.replaceAll("[0-9.,]+", "0");
    }

    /** The first news of a kind waits its turn as well: what is quick is told by its end alone. */
    private boolean due(String what, Instant at) {
        Instant last = told.putIfAbsent(what, at);
        if (last == null || Duration.between(last, at).compareTo(PROGRESS_EVERY) < 0) {
            return false;
        }
        told.put(what, at);
        return true;
    }

    private void line(String start, String text) {
        listener.getLogger().println(start + subject + text);
    }

    private static String amount(Event.Progress p) {
        if (p.total() < 0) {
            return amount(p.done(), p.unit());
        }
        return (p.unit().equals("bytes") ? amount(p.done(), p.unit()) : Long.toString(p.done())) + " of " + amount(p.total(), p.unit());
    }

    private static String amount(long value, String unit) {
        return unit.equals("bytes") ? String.format(Locale.ROOT, "%.1f MiB", value / MIB) : value + " " + unit;
    }

    private static String name(Event.Stage stage) {
        return switch (stage) {
            case BUILD_IMAGE -> "mlBuildImage";
            case PROVISION -> "mlProvision";
            case DEPLOY -> "mlDeployModel";
            case VERIFY -> "mlVerifyMetrics";
        };
    }
}
