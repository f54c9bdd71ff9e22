package io.jenkins.plugins.mldelivery.delivery.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A time chart as an SVG element: lines, one band and markers over a linear axis. Colours come from CSS classes, so that the page's light or
 * dark theme applies. Immutable; the <code>with…</code> methods return a new chart.
 */
final class Chart {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 240;
    private static final int LEFT = 60;
    private static final int RIGHT = 16;
    private static final int TOP = 12;
    private static final int BOTTOM = 30;
    private static final int TICKS = 4;
    private static final int MOST_TIMES = 8;
    private static final double[] TIME_STEPS = {0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400};
    /** A band may raise the axis to this many times what the lines need; a wider one is cut off, or the lines would lie flat on the axis. */
    private static final double BAND_ROOM = 2.5;

    /** A point: seconds since the start, and a value. */
    record Point(double x, double y) {}

    /** A line with its CSS class and legend; <code>steps</code> draws it as a staircase. */
    record Line(String css, String legend, boolean steps, List<Point> points) {}

    /** A band between two values over time. */
    record Band(String legend, List<Point> lower, List<Point> upper) {}

    /** A vertical marker with its text. */
    record Marker(double x, String text, String css) {}

    private final String label;
    private final String unit;
    private final double maxX;
    private final double minTop;
    private final List<Line> lines = new ArrayList<>();
    private final List<Marker> markers = new ArrayList<>();
    private final List<Band> bands = new ArrayList<>();

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

    Chart line(Line line) {
        lines.add(line);
        return this;
    }

    Chart band(Band newBand) {
        bands.add(newBand);
        return this;
    }

    Chart marker(Marker marker) {
        markers.add(marker);
        return this;
    }

    /** The SVG element with its legend. */
    String toHtml() {
        double top = top();
        StringBuilder svg = new StringBuilder(4096);
        svg.append("<figure><svg viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("\" role=\"img\" aria-label=\"")
                .append(Html.escape(label))
                .append("\">");
        axes(svg, top);
        for (Band band : bands) {
            svg.append("<polygon class=\"band\" points=\"");
            band.upper().forEach(p -> append(svg, p, top));
            for (int i = band.lower().size() - 1; i >= 0; i--) {
                append(svg, band.lower().get(i), top);
            }
            svg.append("\"/>");
        }
        for (Line line : lines) {
            svg.append("<polyline class=\"line ").append(line.css()).append("\" points=\"");
            Point previous = null;
            for (Point p : line.points()) {
                if (line.steps() && previous != null) {
                    append(svg, new Point(p.x(), previous.y()), top);
                }
                append(svg, p, top);
                previous = p;
            }
            svg.append("\"/>");
        }
        for (Marker marker : markers) {
            marker(svg, marker);
        }
        svg.append("</svg><figcaption>");
        lines.stream().collect(Collectors.toMap(Line::css, Line::legend, (a, b) -> a, LinkedHashMap::new))
                .forEach((css, legend) -> legend(svg, "line " + css, legend));
        bands.stream().findFirst().ifPresent(band -> legend(svg, "band", band.legend()));
        return svg.append("</figcaption></figure>").toString();
    }

    private double top() {
        double max = minTop;
        for (Line line : lines) {
            for (Point p : line.points()) {
                max = Math.max(max, Double.isFinite(p.y()) ? p.y() : 0);
            }
        }
        double ofLines = max;
        for (Band b : bands) {
            for (Point p : b.upper()) {
                max = Math.max(max, Math.min(BAND_ROOM * ofLines, Double.isFinite(p.y()) ? p.y() : 0));
            }
        }
        double magnitude = Math.pow(10, Math.floor(Math.log10(max)));
        for (double nice : new double[] {1, 2, 2.5, 4, 5, 8, 10}) {
            if (nice * magnitude >= max) {
                return nice * magnitude;
            }
        }
        return max;
    }

    private void axes(StringBuilder svg, double top) {
        for (int i = 0; i <= TICKS; i++) {
            double value = top * i / TICKS;
            double y = y(value, top);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                            + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s%s</text>",
                    LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y + 4, number(value), unit));
        }
        double step = timeStep();
        for (double seconds = 0; seconds <= maxX; seconds += step) {
            svg.append(String.format(
                    Locale.ROOT, "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x(seconds), HEIGHT - 8, time(seconds, step)));
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

    private void marker(StringBuilder svg, Marker marker) {
        double x = x(marker.x());
        boolean left = x > WIDTH / 2.0;
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"marker %s\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>"
                        + "<text class=\"note %s\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                marker.css(), x, TOP, x, HEIGHT - BOTTOM, marker.css(), left ? x - 5 : x + 5, TOP + 12,
                left ? "end" : "start", Html.escape(marker.text())));
    }

    private void append(StringBuilder svg, Point p, double top) {
        if (Double.isFinite(p.y())) {
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(p.x()), y(Math.min(p.y(), top), top)));
        }
    }

    private static void legend(StringBuilder html, String css, String text) {
        html.append("<span><svg class=\"key\" viewBox=\"0 0 24 12\" aria-hidden=\"true\">");
        if (css.equals("band")) {
            html.append("<rect class=\"band\" width=\"24\" height=\"12\"/>");
        } else {
            html.append("<line class=\"").append(css).append("\" x1=\"0\" y1=\"6\" x2=\"24\" y2=\"6\"/>");
        }
        html.append("</svg> ").append(Html.escape(text)).append("</span>");
    }

    private double x(double seconds) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, Math.max(0, seconds / maxX));
    }

    private double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * Math.min(1, Math.max(0, value / top));
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, value >= 10 ? "%.0f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
