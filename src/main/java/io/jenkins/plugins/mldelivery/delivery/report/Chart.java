package io.jenkins.plugins.mldelivery.delivery.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A time chart as an SVG element: areas, lines, markers and dots over a linear axis. It is as wide as its place and as high as always: what is drawn is stretched, texts and strokes are not, so that it can be
 * read on a telephone as well. Colours come from CSS classes, so that the page's light or dark theme applies; each shape has its light colour as an attribute too, for places that drop styles.
 */
final class Chart {
    private static final int HEIGHT = 200;
    private static final int AXIS = 26;
    /** Units of the stretched picture's width; only its precision. */
    private static final int SPAN = 2000;
    private static final int MOST_INTERVALS = 5;
    private static final int MOST_TIMES = 6;
    private static final double[] TIME_STEPS = {0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400};
    /** An area may raise the axis to this many times what the lines need; a wider one is cut off, or the lines would lie flat on the axis. */
    private static final double AREA_ROOM = 2.5;

    private static final Map<String, String> COLOURS = Map.of(
            "canary", "#b35900", "stable", "#0550ae", "band", "#b35900", "bound", "#57606a", "decided", "#1b1f24", "good", "#116329", "bad", "#b3001b", "open", "#57606a", "step", "#57606a");

    /** A server may answer any number; beyond these bounds arithmetic would overflow, and an axis means nothing. */
    private static final double LARGEST = 1e100;
    private static final double SMALLEST_RANGE = 1e-100;

    /** A point: seconds since the start, and a value; a value that is infinite or no number is not drawn. */
    record Point(double x, double y) {
        Point {
            y = Double.isFinite(y) ? inBounds(y) : y;
        }

        private boolean isDrawn() {
            return Double.isFinite(y);
        }
    }

    /** How a line is broken, so that lines of one colour are told apart. */
    enum Dash {
        NONE(""),
        LONG(" stroke-dasharray=\"6 4\""),
        DOTS(" stroke-dasharray=\"2 3\"");

        private final String attribute;

        Dash(String attribute) {
            this.attribute = attribute;
        }
    }

    /** A line with its CSS class, dash and legend; <code>steps</code> draws it as a staircase. */
    record Line(String css, Dash dash, String legend, boolean steps, List<Point> points) {}

    /** An area between two values over time, with its CSS class and legend. */
    record Area(String css, String legend, boolean steps, List<Point> lower, List<Point> upper) {}

    /** A vertical marker with its text, above the plot or <code>inside</code> it. */
    record Marker(double x, String text, String css, boolean inside) {}

    /** A dot on a line; the legend may be null. */
    record Dot(Point at, String css, String legend) {}

    /** The value axis. */
    private record Axis(double low, double step, int intervals) {
        double top() {
            return low + step * intervals;
        }
    }

    private final String label;
    private final String unit;
    private final double maxX;
    private final double minTop;
    private final List<Area> areas = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<Marker> markers = new ArrayList<>();
    private final List<Dot> dots = new ArrayList<>();
    private Axis axis;

    /**
     * @param label what the chart shows, read out by screen readers
     * @param unit put after the numbers of the axis
     * @param maxX seconds at the right edge
     * @param minTop the axis reaches at least to this value
     */
    Chart(String label, String unit, double maxX, double minTop) {
        this.label = label;
        this.unit = unit;
        this.maxX = Math.max(maxX, 1e-3);
        this.minTop = minTop;
    }

    Chart area(Area area) {
        areas.add(area);
        return this;
    }

    Chart line(Line line) {
        lines.add(line);
        return this;
    }

    Chart marker(Marker marker) {
        markers.add(marker);
        return this;
    }

    Chart dot(Dot dot) {
        if (dot.at().isDrawn()) {
            dots.add(dot);
        }
        return this;
    }

    /** The SVG element with its legend. */
    String toHtml() {
        axis = axis();
        StringBuilder svg = new StringBuilder(4096);
        svg.append(text("<figure><svg width=\"100%%\" height=\"%d\" overflow=\"visible\" role=\"img\" aria-label=\"%s\">", HEIGHT + AXIS, Html.escape(label)));
        grid(svg);
        // All points are within the plot. Visible beyond it, so that no line at its upper or lower end is cut in half.
        svg.append(text("<svg width=\"100%%\" height=\"%d\" overflow=\"visible\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">", HEIGHT, SPAN, HEIGHT));
        areas.forEach(area -> draw(svg, area));
        lines.forEach(line -> draw(svg, line));
        svg.append("</svg>");
        times(svg);
        markers.forEach(marker -> draw(svg, marker));
        dots.forEach(dot -> draw(svg, dot));
        svg.append("</svg><figcaption>");
        legends(svg);
        return svg.append("<span>time since the rollout began</span></figcaption></figure>").toString();
    }

    private Axis axis() {
        double high = minTop;
        double low = 0;
        for (Line line : lines) {
            for (Point p : line.points()) {
                high = p.isDrawn() ? Math.max(high, p.y()) : high;
                low = p.isDrawn() ? Math.min(low, p.y()) : low;
            }
        }
        double room = high - low > SMALLEST_RANGE ? (AREA_ROOM - 1) * (high - low) : LARGEST;
        double highest = high + room;
        double lowest = low - room;
        for (Area area : areas) {
            for (Point p : area.upper()) {
                high = p.isDrawn() ? Math.max(high, Math.min(highest, p.y())) : high;
            }
            for (Point p : area.lower()) {
                low = p.isDrawn() ? Math.min(low, Math.max(lowest, p.y())) : low;
            }
        }
        double range = high - low > SMALLEST_RANGE ? high - low : 1;
        double step = step(range);
        double from = Math.floor(low / step) * step;
        return new Axis(from, step, Math.max(1, (int) Math.ceil((Math.max(high, from + range) - from) / step - 1e-9)));
    }

    private static double step(double range) {
        double magnitude = Math.pow(10, Math.floor(Math.log10(range / MOST_INTERVALS)));
        for (double nice : new double[] {1, 2, 2.5, 5}) {
            if (range / (nice * magnitude) <= MOST_INTERVALS) {
                return nice * magnitude;
            }
        }
        return 10 * magnitude;
    }

    private void grid(StringBuilder svg) {
        for (int i = 0; i <= axis.intervals(); i++) {
            double value = axis.low() + axis.step() * i;
            double y = y(value);
            svg.append(text("<line class=\"grid\" stroke=\"#d8dee4\" x1=\"0\" y1=\"%.1f\" x2=\"100%%\" y2=\"%.1f\"/>", y, y))
                    .append(text("<text class=\"tick\" font-size=\"12\" x=\"-8\" y=\"%.1f\" text-anchor=\"end\">%s%s</text>", y + 4, number(value), unit));
        }
    }

    private void times(StringBuilder svg) {
        double step = timeStep();
        for (int i = 0; i * step <= maxX; i++) {
            svg.append(text(
                    "<text class=\"tick\" font-size=\"12\" x=\"%.2f%%\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    percent(i * step), HEIGHT + 20, time(i * step, step)));
        }
    }

    private double timeStep() {
        for (double step : TIME_STEPS) {
            if (maxX / step <= MOST_TIMES) {
                return step;
            }
        }
        return maxX / MOST_TIMES;
    }

    private static String time(double seconds, double step) {
        if (step >= 3600) {
            return number(seconds / 3600) + " h";
        }
        return step >= 60 ? number(seconds / 60) + " min" : number(seconds) + " s";
    }

    private void draw(StringBuilder svg, Area area) {
        svg.append(text("<polygon class=\"area %s\" fill=\"%s\" fill-opacity=\"0.2\" points=\"", area.css(), COLOURS.get(area.css())));
        corners(area.upper(), area.steps(), p -> append(svg, p));
        List<Point> back = new ArrayList<>();
        corners(area.lower(), area.steps(), p -> back.add(0, p));
        back.forEach(p -> append(svg, p));
        svg.append("\"/>");
    }

    private void draw(StringBuilder svg, Line line) {
        svg.append(text(
                "<polyline class=\"line %s\" fill=\"none\" stroke=\"%s\"%s stroke-width=\"2.2\" vector-effect=\"non-scaling-stroke\" points=\"",
                line.css(), COLOURS.get(line.css()), line.dash().attribute));
        corners(line.points(), line.steps(), p -> append(svg, p));
        svg.append("\"/>");
    }

    /** The points, and for a staircase the corners between them. */
    private static void corners(List<Point> points, boolean steps, Consumer<Point> each) {
        Point previous = null;
        for (Point p : points) {
            if (steps && previous != null) {
                each.accept(new Point(p.x(), previous.y()));
            }
            each.accept(p);
            previous = p;
        }
    }

    private void draw(StringBuilder svg, Marker marker) {
        double x = percent(marker.x());
        String colour = COLOURS.get(marker.css());
        // A note that is one of many stands inside, where it can't lie on the one that ends them.
        String anchor = x > 75 ? "end" : x < 25 || marker.inside() ? "start" : "middle";
        int aside = !marker.inside() ? 0 : anchor.equals("end") ? -4 : 4;
        svg.append(text(
                        "<line class=\"marker %s\" stroke=\"%s\" stroke-dasharray=\"3 3\" x1=\"%.2f%%\" y1=\"-4\" x2=\"%.2f%%\" y2=\"%d\"/>",
                        marker.css(), colour, x, x, HEIGHT))
                .append(text(
                        "<text class=\"note %s\" fill=\"%s\" font-size=\"13\" x=\"%.2f%%\" dx=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                        marker.css(), colour, x, aside, marker.inside() ? 14 : -8, anchor, Html.escape(marker.text())));
    }

    private void draw(StringBuilder svg, Dot dot) {
        svg.append(text(
                "<circle class=\"dot %s\" fill=\"%s\" cx=\"%.2f%%\" cy=\"%.1f\" r=\"4\"/>",
                dot.css(), COLOURS.get(dot.css()), percent(dot.at().x()), y(dot.at().y())));
    }

    private void append(StringBuilder svg, Point p) {
        if (p.isDrawn()) {
            svg.append(text("%.1f,%.1f ", SPAN * percent(p.x()) / 100, y(p.y())));
        }
    }

    private void legends(StringBuilder html) {
        Map<String, String> keys = new LinkedHashMap<>();
        double top = axis.top();
        double margin = 1e-9 * (top - axis.low());
        boolean cut = areas.stream().anyMatch(a -> a.upper().stream().anyMatch(p -> p.y() > top + margin) || a.lower().stream().anyMatch(p -> p.y() < axis.low() - margin));
        areas.forEach(a -> keys.putIfAbsent(
                a.legend() + (cut ? "; it goes on beyond the plot" : ""), text("<rect class=\"area %s\" fill=\"%s\" fill-opacity=\"0.2\" width=\"24\" height=\"12\"/>", a.css(), COLOURS.get(a.css()))));
        lines.forEach(l -> keys.putIfAbsent(
                l.legend(), text("<line class=\"line %s\" stroke=\"%s\"%s stroke-width=\"2.2\" x1=\"0\" y1=\"6\" x2=\"24\" y2=\"6\"/>", l.css(), COLOURS.get(l.css()), l.dash().attribute)));
        dots.stream().filter(d -> d.legend() != null).forEach(d -> keys.putIfAbsent(
                d.legend(), text("<circle class=\"dot %s\" fill=\"%s\" cx=\"12\" cy=\"6\" r=\"4\"/>", d.css(), COLOURS.get(d.css()))));
        keys.forEach((legend, shape) -> html.append("<span><svg class=\"key\" width=\"24\" height=\"12\" aria-hidden=\"true\">")
                .append(shape)
                .append("</svg> ")
                .append(Html.escape(legend))
                .append("</span> "));
    }

    private double percent(double seconds) {
        return 100 * Math.min(1, Math.max(0, seconds / maxX));
    }

    private double y(double value) {
        double share = (value - axis.low()) / (axis.top() - axis.low());
        return HEIGHT * (1 - Math.min(1, Math.max(0, share)));
    }

    static double inBounds(double value) {
        return Math.max(-LARGEST, Math.min(LARGEST, value));
    }

    /** With six digits at most. */
    static String number(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(6));
        if (Math.abs(value) < 1e-9) {
            return "0";
        }
        boolean plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7;
        return plain ? rounded.stripTrailingZeros().toPlainString() : String.format(Locale.ROOT, "%.1e", value);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
