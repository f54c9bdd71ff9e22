package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A delivery as one HTML page: no script, no font and no style from elsewhere, readable in light and dark, printable. It may be archived and opened anywhere, also under
 * Jenkins' Content-Security-Policy for artifacts (which drops the styles, not the content).
 */
public final class HtmlReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Below this there was no rollout to draw, as with a first install. */
    private static final double LEAST_SECONDS = 0.5;

    private HtmlReport() {}

    /**
     * The page.
     *
     * @param title its heading
     * @param intro a sentence or two under the heading, plain text
     * @param records the deliveries to show, in order
     */
    public static String render(String title, String intro, List<DeliveryRecord> records) {
        StringBuilder page = new StringBuilder(32_768);
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<meta name=\"color-scheme\" content=\"light dark\"><title>")
                .append(Html.escape(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body><main><h1>")
                .append(Html.escape(title))
                .append("</h1><p class=\"intro\">")
                .append(Html.escape(intro))
                .append("</p>");
        records.forEach(record -> delivery(page, record));
        return page.append("</main></body></html>\n").toString();
    }

    private static void delivery(StringBuilder page, DeliveryRecord record) {
        List<Event> events = record.events();
        page.append("<section><h2>").append(Html.escape(record.title())).append("</h2>");
        if (events.isEmpty()) {
            page.append("<p>Nothing happened.</p></section>");
            return;
        }
        Instant start = events.get(0).at();
        for (Event.Decided d : record.events(Event.Decided.class)) {
            page.append("<p class=\"decision ")
                    .append(d.promoted() ? "good" : "bad")
                    .append("\"><strong>")
                    .append(d.promoted() ? "Promoted" : "Rolled back")
                    .append("</strong> ")
                    .append(Html.escape(d.reason()))
                    .append("</p>");
        }
        stages(page, record);
        charts(page, record);
        notes(page, record, start);
        page.append("</section>");
    }

    private static void stages(StringBuilder page, DeliveryRecord record) {
        Map<Event.Stage, Instant> started = new LinkedHashMap<>();
        page.append("<table><thead><tr><th>Stage</th><th>Took</th><th>Outcome</th></tr></thead><tbody>");
        for (Event event : record.events()) {
            if (event instanceof Event.Started s) {
                started.put(s.stage(), s.at());
            } else if (event instanceof Event.Finished f) {
                Instant from = started.getOrDefault(f.stage(), f.at());
                page.append("<tr><td>")
                        .append(name(f.stage()))
                        .append("</td><td class=\"n\">")
                        .append(String.format(Locale.ROOT, "%.1f s", seconds(from, f.at())))
                        .append("</td><td>")
                        .append(f.ok() ? "" : "<span class=\"badword\">failed</span> ")
                        .append(Html.escape(f.summary()))
                        .append("</td></tr>");
            }
        }
        page.append("</tbody></table>");
    }

    private static void charts(StringBuilder page, DeliveryRecord record) {
        List<Event.TrafficShifted> shifts = record.events(Event.TrafficShifted.class);
        List<Event.CheckSampled> samples = record.events(Event.CheckSampled.class);
        if (shifts.isEmpty() && samples.isEmpty()) {
            return;
        }
        Instant from = shifts.isEmpty() ? samples.get(0).at() : shifts.get(0).at();
        Instant to = from;
        for (Event event : record.events()) {
            if (event instanceof Event.TrafficShifted || event instanceof Event.CheckSampled || event instanceof Event.Decided) {
                to = event.at().isAfter(to) ? event.at() : to;
            }
        }
        double width = seconds(from, to);
        List<Chart.Marker> decision = record.events(Event.Decided.class).stream()
                .map(d -> new Chart.Marker(
                        seconds(from, d.at()), d.promoted() ? "promoted" : "rolled back", d.promoted() ? "good" : "bad"))
                .toList();
        if (!shifts.isEmpty() && width >= LEAST_SECONDS) {
            Chart chart = new Chart("Canary's share of traffic over time", " %", width, 100)
                    .line(new Chart.Line("asked", "share asked for", true, points(shifts, from, width, false)))
                    .line(new Chart.Line("canary", "share in force", true, points(shifts, from, width, true)));
            decision.forEach(chart::marker);
            page.append("<h3>Traffic of the canary</h3>").append(chart.toHtml());
        }
        Map<String, List<Event.CheckSampled>> byCheck = new LinkedHashMap<>();
        samples.forEach(s -> byCheck.computeIfAbsent(s.check(), k -> new ArrayList<>()).add(s));
        byCheck.forEach((check, list) -> check(page, check, list, from, width, decision));
    }

    private static List<Chart.Point> points(
            List<Event.TrafficShifted> shifts, Instant from, double width, boolean actual) {
        List<Chart.Point> points = new ArrayList<>();
        for (Event.TrafficShifted s : shifts) {
            points.add(new Chart.Point(seconds(from, s.at()), actual ? s.actual() : s.wanted()));
        }
        points.add(new Chart.Point(width, points.get(points.size() - 1).y()));
        return points;
    }

    private static void check(
            StringBuilder page,
            String check,
            List<Event.CheckSampled> samples,
            Instant from,
            double width,
            List<Chart.Marker> decision) {
        boolean compared = samples.stream().anyMatch(s -> Double.isFinite(s.stable()));
        double scale = compared ? 100 : 1;
        Chart chart = new Chart(check + " over time", compared ? " %" : "", width, compared ? 1 : 1e-9);
        segments(samples).forEach(segment -> draw(chart, segment, from, compared, scale));
        decision.forEach(chart::marker);
        Event.CheckSampled last = samples.get(samples.size() - 1);
        page.append("<h3>Check ")
                .append(Html.escape(check))
                .append(compared ? ", error rate of both tracks" : "")
                .append("</h3>")
                .append(chart.toHtml())
                .append("<p>")
                .append(verdict(last.verdict()))
                .append(Html.escape(last.reason()))
                .append("</p>");
    }

    /** One list per gate: each begins with counts of its own, so nothing is to be drawn between them. */
    private static List<List<Event.CheckSampled>> segments(List<Event.CheckSampled> samples) {
        List<List<Event.CheckSampled>> segments = new ArrayList<>();
        List<Event.CheckSampled> segment = new ArrayList<>();
        for (Event.CheckSampled sample : samples) {
            segment.add(sample);
            if (sample.verdict() != null) {
                segments.add(segment);
                segment = new ArrayList<>();
            }
        }
        if (!segment.isEmpty()) {
            segments.add(segment);
        }
        return segments;
    }

    private static void draw(Chart chart, List<Event.CheckSampled> samples, Instant from, boolean compared, double scale) {
        List<Chart.Point> canary = new ArrayList<>();
        List<Chart.Point> stable = new ArrayList<>();
        List<Chart.Point> lower = new ArrayList<>();
        List<Chart.Point> upper = new ArrayList<>();
        for (Event.CheckSampled s : samples) {
            double x = seconds(from, s.at());
            add(canary, x, scale * s.canary());
            add(stable, x, scale * s.stable());
            if (compared && Double.isFinite(s.lower()) && !Double.isNaN(s.upper()) && s.stable() > 0) {
                // The band is on the rate ratio; seen from the stable rate it is a band on the canary's rate.
                lower.add(new Chart.Point(x, Math.min(100, scale * s.stable() * s.lower())));
                upper.add(new Chart.Point(x, Math.min(100, scale * s.stable() * s.upper())));
            }
        }
        if (!lower.isEmpty()) {
            chart.band(new Chart.Band(
                    "where the canary's rate plausibly is (confidence sequence, valid at every look; cut off above)", lower, upper));
        }
        chart.line(new Chart.Line("canary", compared ? "canary" : "measured", false, canary));
        if (compared) {
            chart.line(new Chart.Line("stable", "stable", false, stable));
        }
    }

    private static void add(List<Chart.Point> points, double x, double y) {
        if (Double.isFinite(y)) {
            points.add(new Chart.Point(x, y));
        }
    }

    private static String verdict(Verdict verdict) {
        if (verdict == null) {
            return "";
        }
        String css = verdict == Verdict.PASS ? "goodword" : verdict == Verdict.FAIL ? "badword" : "mutedword";
        return "<span class=\"" + css + "\">" + verdict.word() + "</span> ";
    }

    private static void notes(StringBuilder page, DeliveryRecord record, Instant start) {
        page.append("<details><summary>Everything that happened, from ")
                .append(TIME.format(start))
                .append("</summary><table><tbody>");
        for (Event.Note note : record.events(Event.Note.class)) {
            page.append("<tr><td class=\"n\">+")
                    .append(String.format(Locale.ROOT, "%.1f s", seconds(start, note.at())))
                    .append("</td><td>")
                    .append(name(note.stage()))
                    .append("</td><td>")
                    .append(note.level() == Event.Level.INFO ? "" : "<span class=\"badword\">"
                            + note.level().name().toLowerCase(Locale.ROOT) + "</span> ")
                    .append(Html.escape(note.text()))
                    .append("</td></tr>");
        }
        page.append("</tbody></table></details>");
    }

    private static String name(Event.Stage stage) {
        return switch (stage) {
            case BUILD_IMAGE -> "Build image";
            case PROVISION -> "Provision";
            case DEPLOY -> "Deploy";
            case VERIFY -> "Verify";
        };
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private static final String STYLE = ":root{--bg:#fff;--fg:#1b1f24;--muted:#57606a;--grid:#d8dee4;--card:#f6f8fa;--canary:#b35900;"
            + "--stable:#0550ae;--asked:#8c959f;--band:#b3590026;--good:#116329;--bad:#b3001b}"
            + "@media(prefers-color-scheme:dark){:root{--bg:#14171c;--fg:#e6e9ee;--muted:#9aa4b0;--grid:#30363d;--card:#1c2128;"
            + "--canary:#ffa657;--stable:#79c0ff;--asked:#6e7681;--band:#ffa65733;--good:#56d364;--bad:#ff7b72}}"
            + "*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}"
            + "main{max-width:920px;margin:0 auto;padding:24px 20px 60px}h1{font-size:1.7rem;margin:0 0 4px}h2{margin:0 0 12px;font-size:1.3rem}"
            + "h3{font-size:1rem;margin:22px 0 4px}.intro{color:var(--muted);margin-top:0}"
            + "section{border:1px solid var(--grid);border-radius:10px;padding:18px 20px;margin:24px 0}"
            + ".decision{padding:10px 14px;border-radius:8px;background:var(--card);border-left:5px solid}"
            + ".decision.good{border-color:var(--good)}.decision.bad{border-color:var(--bad)}"
            + ".good strong,.goodword{color:var(--good)}.bad strong,.badword{color:var(--bad)}.goodword,.badword,.mutedword{font-weight:600}"
            + "table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:5px 10px 5px 0;vertical-align:top;"
            + "border-bottom:1px solid var(--grid)}td.n{white-space:nowrap;font-variant-numeric:tabular-nums;color:var(--muted)}"
            + "td{overflow-wrap:anywhere}"
            + "figure{margin:0}figure>svg{width:100%;height:auto;display:block}figcaption{color:var(--muted);font-size:.85rem;display:flex;"
            + "flex-wrap:wrap;gap:4px 18px}.key{width:24px;height:12px;vertical-align:middle}"
            + ".grid{stroke:var(--grid);stroke-width:1}.tick{fill:var(--muted);font-size:12px}.line{fill:none;stroke-width:2.2;stroke-linejoin:round}"
            + ".line.canary{stroke:var(--canary)}.line.stable{stroke:var(--stable)}.line.asked{stroke:var(--asked);stroke-dasharray:5 4}"
            + ".band{fill:var(--band);stroke:none}.marker{stroke-width:1.5;stroke-dasharray:3 3}.marker.good{stroke:var(--good)}"
            + ".marker.bad{stroke:var(--bad)}.note{font-size:13px;font-weight:600}.note.good{fill:var(--good)}.note.bad{fill:var(--bad)}"
            + "details{margin-top:18px}summary{cursor:pointer;color:var(--muted)}"
            + "@media print{section{break-inside:avoid}details{display:none}}";
}
