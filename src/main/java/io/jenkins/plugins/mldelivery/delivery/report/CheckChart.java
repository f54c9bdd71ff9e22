package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The chart of one check: what was measured at each look, how sure it is, and where a verdict fell. */
final class CheckChart {
    private static final double PERCENT = 100;
    private static final String BAND = "plausible for the canary (confidence sequence, valid at every look)";

    private static final Map<Event.Measure, String> HEADINGS = Map.of(
            Event.Measure.RATE, "Rate of both versions, check ", Event.Measure.VALUE, "Check ", Event.Measure.DIFFERENCE, "Both versions, check ",
            Event.Measure.INDEX, "Difference of the distributions, check ");

    private final HtmlReport.Scale scale;
    private final Event.Measure measure;
    private final Chart chart;

    private CheckChart(String check, List<Event.CheckSampled> samples, HtmlReport.Scale scale) {
        this.scale = scale;
        this.measure = samples.get(0).measure();
        boolean rate = measure == Event.Measure.RATE;
        this.chart = new Chart(check + " over time", rate ? " %" : "", scale.width(), rate ? 1 : 0);
    }

    /** Heading, chart and legend. */
    static String html(String check, List<Event.CheckSampled> samples, HtmlReport.Scale scale, List<Chart.Marker> decision) {
        CheckChart drawn = new CheckChart(check, samples, scale);
        gates(samples).forEach(drawn::add);
        decision.forEach(drawn.chart::marker);
        return "<h3>" + HEADINGS.get(drawn.measure) + Html.escape(check) + "</h3>" + drawn.chart.toHtml();
    }

    /** One list per gate: each begins with counts of its own, so nothing is to be drawn between them. */
    private static List<List<Event.CheckSampled>> gates(List<Event.CheckSampled> samples) {
        List<List<Event.CheckSampled>> gates = new ArrayList<>();
        List<Event.CheckSampled> gate = new ArrayList<>();
        for (Event.CheckSampled sample : samples) {
            gate.add(sample);
            if (sample.verdict() != null) {
                gates.add(gate);
                gate = new ArrayList<>();
            }
        }
        if (!gate.isEmpty()) {
            gates.add(gate);
        }
        return gates;
    }

    private void add(List<Event.CheckSampled> gate) {
        List<Chart.Point> canary = new ArrayList<>();
        List<Chart.Point> stable = new ArrayList<>();
        List<Chart.Point> lower = new ArrayList<>();
        List<Chart.Point> upper = new ArrayList<>();
        double unit = measure == Event.Measure.RATE ? PERCENT : 1;
        for (Event.CheckSampled s : gate) {
            double x = scale.x(s.at());
            add(canary, x, measure == Event.Measure.INDEX ? s.effect() : unit * s.canary());
            add(stable, x, unit * s.stable());
            if (measure == Event.Measure.VALUE) {
                add(lower, x, s.lower());
                add(upper, x, s.upper());
            } else if (measure != Event.Measure.INDEX && Double.isFinite(s.lower()) && !Double.isNaN(s.upper())) {
                band(s, x, lower, upper);
            }
        }
        if (measure == Event.Measure.VALUE) {
            line("bound", "allowed at least", lower);
            line("bound", "allowed at most", upper);
        } else {
            if (!lower.isEmpty()) {
                chart.area(new Chart.Area("band", BAND, false, lower, upper));
            }
            line("stable", "stable version", stable);
        }
        line("canary", measure == Event.Measure.VALUE ? "measured" : measure == Event.Measure.INDEX ? "population stability index" : "canary", canary);
        Verdict verdict = gate.get(gate.size() - 1).verdict();
        if (verdict != null && !canary.isEmpty()) {
            String css = verdict == Verdict.PASS ? "good" : verdict == Verdict.FAIL ? "bad" : "open";
            chart.dot(new Chart.Dot(canary.get(canary.size() - 1), css, "verdict: " + verdict.word()));
        }
    }

    /** The band is on a ratio or a difference; seen from the stable version's value it is a band on the canary's. */
    private void band(Event.CheckSampled s, double x, List<Chart.Point> lower, List<Chart.Point> upper) {
        if (measure == Event.Measure.RATE && s.stable() > 0) {
            lower.add(new Chart.Point(x, Math.min(PERCENT, PERCENT * s.stable() * s.lower())));
            upper.add(new Chart.Point(x, Math.min(PERCENT, PERCENT * s.stable() * s.upper())));
        } else if (measure == Event.Measure.DIFFERENCE && Double.isFinite(s.upper()) && Double.isFinite(s.stable())) {
            lower.add(new Chart.Point(x, s.stable() + s.lower()));
            upper.add(new Chart.Point(x, s.stable() + s.upper()));
        }
    }

    private void line(String css, String legend, List<Chart.Point> points) {
        if (!points.isEmpty()) {
            chart.line(new Chart.Line(css, legend, false, points));
        }
        if (points.size() == 1 && !css.equals("bound")) {
            chart.dot(new Chart.Dot(points.get(0), css, null));
        }
    }

    private static void add(List<Chart.Point> points, double x, double y) {
        if (Double.isFinite(y)) {
            points.add(new Chart.Point(x, y));
        }
    }
}
