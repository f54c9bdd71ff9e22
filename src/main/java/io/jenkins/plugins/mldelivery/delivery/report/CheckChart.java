package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.util.ArrayList;
import java.util.List;

/** The chart of one check: what was measured at each look, how sure it is, and where a verdict fell. */
final class CheckChart {
    private static final double PERCENT = 100;
    private static final String BAND = "plausible rate of the canary (confidence sequence, valid at every look)";

    private final HtmlReport.Scale scale;
    private final boolean rate;
    private final Chart chart;

    private CheckChart(String check, List<Event.CheckSampled> samples, HtmlReport.Scale scale) {
        this.scale = scale;
        // Of a query the effect is the value itself; of a rate it is the ratio, which does not exist before there is something to compare.
        this.rate = samples.stream().anyMatch(s -> Double.isFinite(s.stable()) || Double.isFinite(s.canary()) && !Double.isFinite(s.effect()));
        this.chart = new Chart(check + " over time", rate ? " %" : "", scale.width(), rate ? 1 : 0);
    }

    /** Heading, chart and legend. */
    static String html(String check, List<Event.CheckSampled> samples, HtmlReport.Scale scale, List<Chart.Marker> decision) {
        CheckChart drawn = new CheckChart(check, samples, scale);
        gates(samples).forEach(drawn::add);
        decision.forEach(drawn.chart::marker);
        return "<h3>" + (drawn.rate ? "Error rate of both versions, check " : "Check ") + Html.escape(check) + "</h3>" + drawn.chart.toHtml();
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
        double unit = rate ? PERCENT : 1;
        for (Event.CheckSampled s : gate) {
            double x = scale.x(s.at());
            add(canary, x, unit * s.canary());
            add(stable, x, unit * s.stable());
            if (!rate) {
                add(lower, x, s.lower());
                add(upper, x, s.upper());
            } else if (Double.isFinite(s.lower()) && !Double.isNaN(s.upper()) && s.stable() > 0) {
                // The band is on the rate ratio; seen from the stable rate it is a band on the canary's rate.
                lower.add(new Chart.Point(x, Math.min(PERCENT, unit * s.stable() * s.lower())));
                upper.add(new Chart.Point(x, Math.min(PERCENT, unit * s.stable() * s.upper())));
            }
        }
        if (rate) {
            if (!lower.isEmpty()) {
                chart.area(new Chart.Area("band", BAND, false, lower, upper));
            }
            line("stable", "stable version", stable);
        } else {
            line("bound", "allowed at least", lower);
            line("bound", "allowed at most", upper);
        }
        line("canary", rate ? "canary" : "measured", canary);
        Verdict verdict = gate.get(gate.size() - 1).verdict();
        if (verdict != null && !canary.isEmpty()) {
            String css = verdict == Verdict.PASS ? "good" : verdict == Verdict.FAIL ? "bad" : "open";
            chart.dot(new Chart.Dot(canary.get(canary.size() - 1), css, "verdict: " + verdict.word()));
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
