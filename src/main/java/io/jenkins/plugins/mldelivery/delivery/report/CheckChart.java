package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The chart of one check: what was measured at each look, how sure it is, and where a verdict fell. */
final class CheckChart {
    private static final double PERCENT = 100;
    /** Of how sure a band is, tenths of a per cent are told. */
    private static final double SURE_PARTS = 1000;
    private static final double ROUNDING = 1e-6;
    private static final Map<Event.Measure, String> HEADINGS = Map.of(
            Event.Measure.RATE, "Failed or slow requests of both versions, check ", Event.Measure.VALUE, "Check ", Event.Measure.DIFFERENCE, "Difference of both versions, check ",
            Event.Measure.INDEX, "Difference of the distributions, check ");
    private static final Map<Event.Measure, String> CANARY = Map.of(
            Event.Measure.RATE, "canary", Event.Measure.VALUE, "measured", Event.Measure.DIFFERENCE, "canary \u2212 stable version", Event.Measure.INDEX, "population stability index");
    private static final Map<Event.Measure, String> BAND = Map.of(
            Event.Measure.RATE, "where the canary's rate lies", Event.Measure.DIFFERENCE, "where the difference lies");
    /** A limit that decides nothing is drawn up to this many times the highest value; farther away it would press the lines flat. */
    private static final double LIMIT_ROOM = 2.5;
    /** The length of a line of one look, as a share of the chart's width. */
    private static final double SHORT = 0.012;

    private final HtmlReport.Scale scale;
    private final Event.Measure measure;
    private final List<Event.CheckSampled> all;
    /** The look whose numbers the legend tells. */
    private final Event.CheckSampled last;
    /** The highest value that was measured. */
    private final double highest;
    private final Chart chart;

    private CheckChart(String check, List<Event.CheckSampled> samples, HtmlReport.Scale scale) {
        this.scale = scale;
        this.measure = samples.get(0).measure();
        this.all = samples;
        this.last = samples.get(samples.size() - 1);
        this.highest = samples.stream().flatMapToDouble(s -> DoubleStream.of(judged(s), s.stable())).map(Math::abs).filter(Double::isFinite).max().orElse(0);
        this.chart = new Chart(check + " over time", unit(), scale.width(), 0);
    }

    /** Heading, chart and legend. */
    static String html(String check, List<Event.CheckSampled> samples, HtmlReport.Scale scale, List<Chart.Marker> markers) {
        CheckChart drawn = new CheckChart(check, samples, scale);
        gates(samples).forEach(drawn::add);
        markers.forEach(drawn.chart::marker);
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
        List<Chart.Point> canary = points(gate, this::judged);
        if (measure == Event.Measure.VALUE) {
            line("bound", "allowed at least", points(gate, Event.CheckSampled::lower));
            line("bound", "allowed at most", points(gate, Event.CheckSampled::upper));
        } else {
            band(gate);
            List<Chart.Point> stable = measure == Event.Measure.RATE ? points(gate, Event.CheckSampled::stable) : List.of();
            line("stable", "stable version", stable);
            limits(gate);
        }
        line("canary", CANARY.get(measure), canary);
        Verdict verdict = gate.get(gate.size() - 1).verdict();
        if (verdict != null && !canary.isEmpty()) {
            String css = verdict == Verdict.PASS ? "good" : verdict == Verdict.FAIL ? "bad" : "open";
            chart.dot(new Chart.Dot(canary.get(canary.size() - 1), css, "verdict: " + verdict.word()));
        }
    }

    private void band(List<Event.CheckSampled> gate) {
        List<Event.CheckSampled> known = gate.stream().filter(s -> isKnown(s.band())).toList();
        if (!known.isEmpty()) {
            String now = isKnown(last.band()) ? ", at the end from " + number(last.band().lower()) + " to " + number(last.band().upper()) + unit() : "";
            chart.area(new Chart.Area(
                    "band", BAND.get(measure) + sure() + now, false, points(known, s -> s.band().lower()), points(known, s -> s.band().upper())));
        }
    }

    /** Rounded down, so that it claims no more than there is. */
    private String sure() {
        double sure = last.band().sure();
        return Double.isNaN(sure) ? "" : String.format(Locale.ROOT, " (%s %% sure at every look)", Chart.number(Math.floor(SURE_PARTS * sure + ROUNDING) * PERCENT / SURE_PARTS));
    }

    private static boolean isKnown(Event.Band band) {
        return Double.isFinite(band.lower()) && Double.isFinite(band.upper());
    }

    /** Each limit over the looks of a gate; a solid line when the gate's verdict rests on it. */
    private void limits(List<Event.CheckSampled> gate) {
        Event.CheckSampled end = gate.get(gate.size() - 1);
        boolean decided = end.verdict() == Verdict.PASS || end.verdict() == Verdict.FAIL;
        for (int i = 0; i < end.band().limits().size(); i++) {
            Event.Limit limit = end.band().limits().get(i);
            boolean decides = decided && limit.decides();
            if (decides || !(highest > 0 && nearest(limit.name()) > LIMIT_ROOM * highest)) {
                String legend = limit.name() + atTheEnd(limit.name()) + (decides ? ", which decided" : "");
                Chart.Dash dash = decides ? Chart.Dash.NONE : i == 0 ? Chart.Dash.LONG : Chart.Dash.DOTS;
                line(decides ? "decided" : "bound", dash, legend, points(gate, s -> value(s, limit.name())));
            }
        }
    }

    /** Of the values that a limit has at the looks of all gates, so that it is drawn at all of them or at none. */
    private double nearest(String limit) {
        return all.stream().mapToDouble(s -> Math.abs(value(s, limit))).filter(Double::isFinite).min().orElse(Double.POSITIVE_INFINITY);
    }

    private String atTheEnd(String limit) {
        double value = value(last, limit);
        return Double.isNaN(value) ? "" : ", " + number(value) + unit();
    }

    private static double value(Event.CheckSampled s, String limit) {
        return s.band().limits().stream().filter(l -> l.name().equals(limit)).mapToDouble(Event.Limit::value).findFirst().orElse(Double.NaN);
    }

    /** The value that is judged. */
    private double judged(Event.CheckSampled s) {
        return measure == Event.Measure.RATE || measure == Event.Measure.VALUE ? s.canary() : s.effect();
    }

    /** A single look is drawn as a short line, so that one sees what is a line or an area elsewhere. */
    private List<Chart.Point> points(List<Event.CheckSampled> gate, ToDoubleFunction<Event.CheckSampled> value) {
        List<Chart.Point> points = new ArrayList<>();
        for (Event.CheckSampled s : gate) {
            double y = percent(value.applyAsDouble(s));
            if (Double.isFinite(y)) {
                points.add(new Chart.Point(scale.x(s.at()), y));
            }
        }
        if (points.size() == 1) {
            Chart.Point one = points.get(0);
            double half = SHORT * scale.width() / 2;
            return List.of(new Chart.Point(one.x() - half, one.y()), new Chart.Point(one.x() + half, one.y()));
        }
        return points;
    }

    /** A rate as a percentage. */
    private double percent(double value) {
        return measure == Event.Measure.RATE ? PERCENT * value : value;
    }

    private String number(double value) {
        return Double.isFinite(value) ? Chart.number(new BigDecimal(Chart.inBounds(percent(value))).round(new MathContext(3)).doubleValue()) : "?";
    }

    private String unit() {
        return measure == Event.Measure.RATE ? " %" : "";
    }

    private void line(String css, String legend, List<Chart.Point> points) {
        line(css, css.equals("bound") ? Chart.Dash.LONG : Chart.Dash.NONE, legend, points);
    }

    private void line(String css, Chart.Dash dash, String legend, List<Chart.Point> points) {
        if (!points.isEmpty()) {
            chart.line(new Chart.Line(css, dash, legend, false, points));
        }
    }
}
