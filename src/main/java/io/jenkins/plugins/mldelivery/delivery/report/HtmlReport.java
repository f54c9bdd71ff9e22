package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * A delivery as one HTML page: no script, no font and no style from elsewhere, readable in light and dark, printable. It may be archived and opened anywhere, also under
 * Jenkins' Content-Security-Policy for artifacts (which drops the styles, not the content).
 */
public final class HtmlReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final double LEAST_SECONDS = 0.5;
    /** The charts go on a little after the end, so that it shows how it stayed. */
    private static final double AFTERWARDS = 1.06;
    /** Shares nearer than this are not told apart by the eye. */
    private static final double LEAST_DIFFERENCE = 0.5;
    /** Texts of markers that are nearer than this share of the width would lie on each other, also on a telephone. */
    private static final double LEAST_GAP = 0.12;
    private static final Pattern DIGEST = Pattern.compile("(sha256:[0-9a-f]{12})([0-9a-f]{52})");

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
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';")
                .append(" style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
                .append("<meta name=\"color-scheme\" content=\"light dark\"/><title>")
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
                    .append(":</strong> ")
                    .append(text(d.words()))
                    .append("</p>");
        }
        stages(page, record);
        charts(page, record);
        notes(page, record, start);
        page.append("</section>");
    }

    private static void stages(StringBuilder page, DeliveryRecord record) {
        Map<Event.Started, Event.Finished> stages = new LinkedHashMap<>();
        Map<Event.Started, String> steps = new HashMap<>();
        String step = "";
        Map<Event.Stage, Event.Started> open = new EnumMap<>(Event.Stage.class);
        for (Event event : record.events()) {
            if (event instanceof Event.Started s) {
                open.put(s.stage(), s);
                stages.put(s, null);
                steps.put(s, s.stage() == Event.Stage.VERIFY ? step : "");
            } else if (event instanceof Event.Finished f) {
                Event.Started began = open.remove(f.stage());
                stages.put(began != null ? began : new Event.Started(f.at(), f.stage(), ""), f);
            } else if (event instanceof Event.TrafficShifted t) {
                step = String.format(Locale.ROOT, " at %.0f\u00a0%%", t.actual());
            }
        }
        if (stages.isEmpty()) {
            return;
        }
        page.append("<table><thead><tr><th>Stage</th><th class=\"n\">Took</th><th>Outcome</th></tr></thead><tbody>");
        stages.forEach((began, ended) -> page.append("<tr><td class=\"name\">")
                .append(name(began.stage()))
                .append(steps.getOrDefault(began, ""))
                .append("</td><td class=\"n\">")
                .append(ended == null ? "" : took(began.at(), ended.at()))
                .append("</td><td class=\"long\">")
                .append(outcome(ended))
                .append(began.title().isEmpty() ? "" : "<div class=\"title\">" + brief(began.title()) + "</div>")
                .append("</td></tr>"));
        page.append("</tbody></table>");
    }

    private static String outcome(Event.Finished ended) {
        if (ended == null) {
            return "not finished";
        }
        String mark = ended.ok() ? "<span class=\"goodword\" title=\"done\">\u2714</span>\u00a0" : "<span class=\"badword\" title=\"failed\">\u2718</span>\u00a0";
        return mark + text(ended.summary());
    }

    private static void charts(StringBuilder page, DeliveryRecord record) {
        List<Event.TrafficShifted> shifts = record.events(Event.TrafficShifted.class);
        List<Event.CheckSampled> samples = record.events(Event.CheckSampled.class);
        // A first install has no canary, so there is nothing to draw.
        boolean rollout = shifts.stream().anyMatch(s -> s.wanted() > 0 && s.wanted() < 100);
        if (!rollout && samples.isEmpty()) {
            return;
        }
        Instant from = null;
        Instant to = null;
        for (Event event : record.events()) {
            boolean begins = event instanceof Event.Started s && (s.stage() == Event.Stage.DEPLOY || s.stage() == Event.Stage.VERIFY);
            if (begins || event instanceof Event.TrafficShifted || event instanceof Event.CheckSampled || event instanceof Event.Decided) {
                from = from == null ? event.at() : from;
                to = event.at();
            }
        }
        Scale scale = new Scale(from, Math.max(LEAST_SECONDS, seconds(from, to)) * AFTERWARDS);
        List<Chart.Marker> markers = markers(record, shifts, scale);
        if (rollout) {
            traffic(page, shifts, scale, markers);
        }
        Map<String, List<Event.CheckSampled>> byCheck = new LinkedHashMap<>();
        samples.forEach(s -> byCheck.computeIfAbsent(s.check(), k -> new ArrayList<>()).add(s));
        byCheck.forEach((check, list) -> page.append(CheckChart.html(check, list, scale, markers)).append(conclusion(list.get(list.size() - 1))));
    }

    /** The decision, and the canary's share of the traffic where one begins and its text has room. */
    private static List<Chart.Marker> markers(DeliveryRecord record, List<Event.TrafficShifted> shifts, Scale scale) {
        List<Chart.Marker> markers = new ArrayList<>();
        for (Event.Decided d : record.events(Event.Decided.class)) {
            markers.add(new Chart.Marker(scale.x(d.at()), d.promoted() ? "promoted" : "rolled back", d.promoted() ? "good" : "bad", false));
        }
        for (Event.TrafficShifted s : shifts) {
            double x = scale.x(s.at());
            if (s.actual() > 0 && s.actual() < 100 && markers.stream().filter(Chart.Marker::inside).allMatch(m -> Math.abs(m.x() - x) > LEAST_GAP * scale.width())) {
                markers.add(new Chart.Marker(x, String.format(Locale.ROOT, "%.0f %%", s.actual()), "step", true));
            }
        }
        return markers;
    }

    private static void traffic(StringBuilder page, List<Event.TrafficShifted> shifts, Scale scale, List<Chart.Marker> markers) {
        List<Chart.Point> canary = points(shifts, scale, Event.TrafficShifted::actual);
        List<Chart.Point> none = List.of(new Chart.Point(0, 0), new Chart.Point(scale.width(), 0));
        List<Chart.Point> all = List.of(new Chart.Point(0, 100), new Chart.Point(scale.width(), 100));
        Chart chart = new Chart("Share of the traffic of each version over time", " %", scale.width(), 100)
                .area(new Chart.Area("canary", "canary's share of the traffic", true, none, canary))
                .area(new Chart.Area("stable", "stable version's share", true, canary, all))
                .line(new Chart.Line("canary", Chart.Dash.NONE, "canary's share of the traffic", true, canary));
        if (shifts.stream().anyMatch(s -> Math.abs(s.wanted() - s.actual()) >= LEAST_DIFFERENCE)) {
            chart.line(new Chart.Line("bound", Chart.Dash.LONG, "canary's share that was asked for", true, points(shifts, scale, Event.TrafficShifted::wanted)));
        }
        markers.forEach(chart::marker);
        page.append("<h3>Traffic of both versions</h3>").append(chart.toHtml());
    }

    /** From no traffic at the start to the last share, which stays. */
    private static List<Chart.Point> points(
            List<Event.TrafficShifted> shifts, Scale scale, ToDoubleFunction<Event.TrafficShifted> share) {
        List<Chart.Point> points = new ArrayList<>();
        points.add(new Chart.Point(0, 0));
        for (Event.TrafficShifted s : shifts) {
            points.add(new Chart.Point(scale.x(s.at()), share.applyAsDouble(s)));
        }
        points.add(new Chart.Point(scale.width(), points.get(points.size() - 1).y()));
        return points;
    }

    private static String conclusion(Event.CheckSampled last) {
        return "<p>" + (last.verdict() == null ? "" : verdict(last.verdict())) + text(last.reason()) + "</p>";
    }

    private static String verdict(Verdict verdict) {
        String css = verdict == Verdict.PASS ? "goodword" : verdict == Verdict.FAIL ? "badword" : "mutedword";
        return "<span class=\"" + css + "\">" + verdict.word() + ":</span> ";
    }

    private static void notes(StringBuilder page, DeliveryRecord record, Instant start) {
        page.append("<details><summary>Log, from ")
                .append(TIME.format(start))
                .append("</summary><table><tbody>");
        for (Event.Note note : record.events(Event.Note.class)) {
            page.append("<tr><td class=\"n\">+")
                    .append(took(start, note.at()))
                    .append("</td><td class=\"name\">")
                    .append(name(note.stage()))
                    .append("</td><td class=\"long\">")
                    .append(note.level() == Event.Level.INFO ? "" : "<span class=\"badword\">"
                            + note.level().name().toLowerCase(Locale.ROOT) + "</span> ")
                    .append(text(note.text()))
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

    private static String took(Instant from, Instant to) {
        return String.format(Locale.ROOT, "%.1f s", seconds(from, to));
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    /** Where time is on the charts: they begin together and are equally wide. */
    record Scale(Instant from, double width) {
        double x(Instant at) {
            return seconds(from, at);
        }
    }

    /** Escaped; a number stays on one line with its per cent sign, and on a narrow screen a digest is cut to its first digits. */
    private static String text(String text) {
        return DIGEST.matcher(Html.escape(text).replace(" %", "\u00a0%")).replaceAll("$1<span class=\"rest\">$2</span>");
    }

    /** Escaped, with digests cut. */
    private static String brief(String text) {
        return DIGEST.matcher(Html.escape(text)).replaceAll("$1\u2026");
    }

    private static final String STYLE = ":root{--bg:#fff;--fg:#1b1f24;--muted:#57606a;--grid:#d8dee4;--card:#f6f8fa;--canary:#b35900;"
            + "--stable:#0550ae;--good:#116329;--bad:#b3001b}"
            + "@media(prefers-color-scheme:dark){:root{--bg:#14171c;--fg:#e6e9ee;--muted:#9aa4b0;--grid:#30363d;--card:#1c2128;"
            + "--canary:#ffa657;--stable:#79c0ff;--good:#56d364;--bad:#ff7b72}}"
            + "*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}"
            + "main{max-width:920px;margin:0 auto;padding:24px 20px 60px}h1{font-size:1.7rem;margin:0 0 4px}h2{margin:0 0 12px;font-size:1.3rem}"
            + "h3{font-size:1rem;margin:26px 0 0}.intro{color:var(--muted);margin-top:0}"
            + "section{border:1px solid var(--grid);border-radius:10px;padding:18px 20px;margin:24px 0}"
            + ".decision{padding:10px 14px;border-radius:8px;background:var(--card);border-left:5px solid}"
            + ".decision.good{border-color:var(--good)}.decision.bad{border-color:var(--bad)}"
            + ".good strong,.goodword{color:var(--good)}.bad strong,.badword{color:var(--bad)}.goodword,.badword,.mutedword{font-weight:600}"
            + "table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:5px 14px 5px 0;vertical-align:top;"
            + "border-bottom:1px solid var(--grid)}.name,.n{white-space:nowrap}td.n{font-variant-numeric:tabular-nums;color:var(--muted)}.n{text-align:right}"
            + "h1,h2,h3,p{overflow-wrap:anywhere}.long{overflow-wrap:anywhere;white-space:pre-line;width:100%;padding-right:0}.title{color:var(--muted);font-size:.85rem}"
            + "figure{margin:26px 14px 0 48px}figure>svg{display:block}figcaption{color:var(--muted);font-size:.85rem;margin:4px 0 0 -48px;display:flex;"
            + "flex-wrap:wrap;gap:4px 18px}.key{vertical-align:middle}"
            + ".grid{stroke:var(--grid);stroke-width:1}.tick{fill:var(--muted);font-size:12px}.line{fill:none;stroke-width:2.2;stroke-linejoin:round}"
            + ".line.canary{stroke:var(--canary)}.line.stable{stroke:var(--stable)}.line.bound{stroke:var(--muted)}.line.decided{stroke:var(--fg)}"
            + ".area{stroke:none}.area.band,.area.canary{fill:var(--canary)}.area.stable{fill:var(--stable)}"
            + ".marker{stroke-width:1.5}.marker.good{stroke:var(--good)}.marker.bad{stroke:var(--bad)}.marker.step{stroke:var(--muted)}"
            + ".note{font-size:13px;font-weight:600}.note.good{fill:var(--good)}.note.bad{fill:var(--bad)}.note.step{fill:var(--muted);font-weight:400}"
            + ".dot{stroke:var(--bg);stroke-width:1.5}.dot.good{fill:var(--good)}.dot.bad{fill:var(--bad)}.dot.open{fill:var(--muted)}.dot.canary{fill:var(--canary)}.dot.stable{fill:var(--stable)}"
            + "details{margin-top:18px}summary{cursor:pointer;color:var(--muted)}"
            + "@media(max-width:640px){main{padding:16px 10px 40px}section{padding:14px 12px}.rest{display:none}figure{margin-right:8px}th,td{padding-right:10px}}"
            + "@media(min-width:1500px){main{max-width:1840px;display:grid;grid-template-columns:1fr 1fr;column-gap:24px}h1,.intro{grid-column:1/-1}section{min-width:0}}"
            + "@media print{section{break-inside:avoid}details{display:none}}";
}
