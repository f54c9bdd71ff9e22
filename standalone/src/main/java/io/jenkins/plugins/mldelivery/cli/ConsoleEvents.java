package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Shows a delivery as it goes: a line for each piece of news, and on a terminal one live line at the bottom for what is under way. Where the output is no terminal, long work
 * gets a plain line every few seconds instead.
 */
final class ConsoleEvents implements EventSink {
    private static final Duration LIVE_EVERY = Duration.ofMillis(80);
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(10);
    private static final int BAR = 24;
    /** Some terminals know no other way of cutting a line off. */
    private static final int LONGEST_LIVE = 400;
    /** DECAWM: what does not fit into the line is cut off; wrapped, it could not be removed. */
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colours;
    private final Map<Event.Stage, Instant> started = new EnumMap<>(Event.Stage.class);
    private final Map<String, Event.CheckSampled> lastLook = new HashMap<>();
    private Instant lastProgress = Instant.EPOCH;
    private String live = "";

    /**
     * @param terminal whether a person looks at it while it goes
     * @param colours whether that person wants colours
     */
    ConsoleEvents(PrintStream out, boolean terminal, boolean colours) {
        this.out = out;
        this.terminal = terminal;
        this.colours = terminal && colours;
    }

    @Override
    public synchronized void accept(Event event) {
        if (event instanceof Event.Started s) {
            started.put(s.stage(), s.at());
            line(style("1", "▸ " + name(s.stage()) + "  " + s.title()));
        } else if (event instanceof Event.Finished f) {
            Instant from = started.getOrDefault(f.stage(), f.at());
            String took = String.format(Locale.ROOT, " (%.1f s)", Duration.between(from, f.at()).toMillis() / 1000.0);
            line((f.ok() ? style("32", "  ✔ ") : style("31", "  ✘ ")) + summary(f) + style("2", took));
        } else if (event instanceof Event.Note n) {
            String mark = n.level() == Event.Level.ERROR
                    ? style("31", "error: ")
                    : n.level() == Event.Level.WARNING ? style("33", "warning: ") : "";
            line("    " + mark + n.text());
        } else if (event instanceof Event.Progress p) {
            progress(p);
        } else if (event instanceof Event.TrafficShifted t) {
            line("    traffic: " + (terminal ? bar(t.actual() / 100) + " " : "") + t.words());
        } else if (event instanceof Event.CheckSampled c) {
            if (c.verdict() == null && (terminal || isNews(c)) && live(c.at(), String.format(Locale.ROOT, "    %s: %s", c.check(), c.reason()))) {
                lastLook.put(c.check(), c);
            }
        } else if (event instanceof Event.Decided d) {
            line(d.promoted()
                    ? style("1;32", "  ✔ PROMOTED ") + d.words()
                    : style("1;31", "  ✘ ROLLED BACK ") + d.words());
        }
    }

    /** What ends with an exception is told once, by {@link Failures}, with the name of the option; a verdict is no exception. */
    private static String summary(Event.Finished f) {
        boolean verdict = f.stage() == Event.Stage.DEPLOY || f.stage() == Event.Stage.VERIFY;
        return f.ok() || verdict ? f.summary() : "failed";
    }

    /** A stage that an earlier process began, so that its whole time is told. */
    synchronized void resumed(Event.Stage stage, Instant at) {
        started.put(stage, at);
    }

    /** Whether a look says something else than the last one that was told, or rests on twice as much. */
    private boolean isNews(Event.CheckSampled c) {
        Event.CheckSampled last = lastLook.get(c.check());
        return last == null || c.samples() >= 2 * Math.max(1, last.samples()) || !words(c.reason()).equals(words(last.reason()));
    }

    private static String words(String reason) {
        return reason.replaceAll("[0-9.,]+", "0");
    }

    /** Removes the live line. */
    synchronized void finish() {
        clear();
        out.flush();
    }

    private void progress(Event.Progress p) {
        String bar = p.total() < 0 ? "" : bar(p.total() == 0 ? 1 : (double) p.done() / p.total());
        live(p.at(), "    " + p.what() + " " + (bar.isEmpty() ? "" : bar + " ") + amount(p));
    }

    private static String amount(Event.Progress p) {
        if (p.total() < 0) {
            return amount(p.done(), p.unit());
        }
        return (p.unit().equals("bytes") ? amount(p.done(), p.unit()) : Long.toString(p.done())) + " of " + amount(p.total(), p.unit());
    }

    /** Whether it was told, since it was its turn. */
    private boolean live(Instant at, String text) {
        Duration since = Duration.between(lastProgress, at);
        if (since.compareTo(terminal ? LIVE_EVERY : PLAIN_EVERY) < 0) {
            return false;
        }
        boolean first = lastProgress.equals(Instant.EPOCH);
        lastProgress = at;
        if (terminal) {
            clear();
            live = text.length() > LONGEST_LIVE ? text.substring(0, LONGEST_LIVE) : text;
            out.print(NO_WRAP + live + WRAP);
            out.flush();
        } else if (!first) {
            out.println(text);
        }
        return terminal || !first;
    }

    private void line(String text) {
        clear();
        out.println(text);
    }

    private void clear() {
        if (!live.isEmpty()) {
            out.print("\r\u001b[2K");
            live = "";
        }
    }

    private String bar(double share) {
        if (!terminal) {
            return "";
        }
        int full = (int) Math.round(Math.min(1, Math.max(0, share)) * BAR);
        return "█".repeat(full) + "░".repeat(BAR - full);
    }

    private String style(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private static String amount(long value, String unit) {
        if (!unit.equals("bytes")) {
            return value + " " + unit;
        }
        double v = value;
        for (String u : new String[] {"B", "KiB", "MiB", "GiB"}) {
            if (v < 1024 || u.equals("GiB")) {
                return String.format(Locale.ROOT, u.equals("B") ? "%.0f %s" : "%.1f %s", v, u);
            }
            v /= 1024;
        }
        throw new IllegalStateException();
    }

    private static String name(Event.Stage stage) {
        return switch (stage) {
            case BUILD_IMAGE -> "build image";
            case PROVISION -> "provision";
            case DEPLOY -> "deploy";
            case VERIFY -> "verify";
        };
    }
}
