package gatebench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A small line or dot chart as an SVG file that can be read in light and in dark. */
final class Chart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 190;
    private static final int TOP = 46;
    private static final int BOTTOM = 66;

    private final String title;
    private final String yTitle;
    private final List<String> xs;
    private final double[] yTicks;
    private final boolean log;
    private final StringBuilder marks = new StringBuilder();
    private final List<String> legend = new ArrayList<>();

    /** @param xs the labels of the evenly spaced positions @param yTicks labelled values, ascending; the first and the last are the range */
    Chart(String title, String yTitle, List<String> xs, double[] yTicks, boolean log) {
        this.title = title;
        this.yTitle = yTitle;
        this.xs = xs;
        this.yTicks = yTicks;
        this.log = log;
    }

    /** Adds a line through values, one a position; NaN leaves a gap. */
    Chart line(String name, double[] values, boolean dashed) {
        int c = legend.size();
        legend.add(name);
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) {
                points.append(number(x(i))).append(',').append(number(y(values[i]))).append(' ');
            }
        }
        marks.append(String.format("<polyline class=\"s%d line%s\" points=\"%s\"/>%n", c, dashed ? " dash" : "", points.toString().trim()));
        return dashed ? this : dots(values, c, 0);
    }

    /** Adds dots, one a position, beside each other for different series. */
    Chart dots(String name, double[] values, double aside) {
        legend.add(name);
        return dots(values, legend.size() - 1, aside);
    }

    private Chart dots(double[] values, int c, double aside) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) {
                marks.append(String.format("<circle class=\"s%d dot\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s, %s: %s</title></circle>%n",
                        c, number(x(i) + aside), number(y(values[i])), escape(legend.get(c)), escape(xs.get(i)), String.format(Locale.ROOT, "%.4g", values[i])));
            }
        }
        return this;
    }

    /** Adds a level that runs across. */
    Chart level(String name, double value) {
        double[] values = new double[xs.size()];
        java.util.Arrays.fill(values, value);
        return line(name, values, true);
    }

    private double x(int i) {
        double step = (double) (WIDTH - LEFT - RIGHT) / xs.size();
        return LEFT + (i + 0.5) * step;
    }

    private double y(double value) {
        double low = scaled(yTicks[0]);
        double high = scaled(yTicks[yTicks.length - 1]);
        double at = (Math.max(low, Math.min(high, scaled(value))) - low) / (high - low);
        return HEIGHT - BOTTOM - at * (HEIGHT - TOP - BOTTOM);
    }

    private double scaled(double value) {
        return log ? Math.log(Math.max(value, 1e-300)) : value;
    }

    String svg() {
        StringBuilder s = new StringBuilder();
        s.append(String.format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n", WIDTH, HEIGHT, escape(title)));
        s.append("""
                <style>
                  svg { background: #ffffff; font: 12px sans-serif; fill: #24292f; }
                  .grid { stroke: #d0d7de; } .line { fill: none; stroke-width: 2; } .dash { stroke-dasharray: 6 4; } .title { font-size: 15px; font-weight: bold; }
                  .s0 { stroke: #0550ae; } .s1 { stroke: #bc4c00; } .s2 { stroke: #8250df; } .s3 { stroke: #1a7f37; } .s4 { stroke: #9a6700; } .s5 { stroke: #cf222e; } .s6 { stroke: #57606a; }
                  .s0.dot { fill: #0550ae; } .s1.dot { fill: #bc4c00; } .s2.dot { fill: #8250df; } .s3.dot { fill: #1a7f37; } .s4.dot { fill: #9a6700; } .s5.dot { fill: #cf222e; } .s6.dot { fill: #57606a; }
                  @media (prefers-color-scheme: dark) {
                    svg { background: #0d1117; fill: #e6edf3; } .grid { stroke: #30363d; }
                    .s0 { stroke: #79c0ff; } .s1 { stroke: #ffa657; } .s2 { stroke: #d2a8ff; } .s3 { stroke: #7ee787; } .s4 { stroke: #e3b341; } .s5 { stroke: #ff7b72; } .s6 { stroke: #8b949e; }
                    .s0.dot { fill: #79c0ff; } .s1.dot { fill: #ffa657; } .s2.dot { fill: #d2a8ff; } .s3.dot { fill: #7ee787; } .s4.dot { fill: #e3b341; } .s5.dot { fill: #ff7b72; } .s6.dot { fill: #8b949e; }
                  }
                </style>
                """);
        s.append(String.format("<rect width=\"%d\" height=\"%d\" fill=\"none\"/>%n<text class=\"title\" x=\"%d\" y=\"24\">%s</text>%n", WIDTH, HEIGHT, LEFT, escape(title)));
        for (double tick : yTicks) {
            s.append(String.format("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/><text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>%n",
                    LEFT, WIDTH - RIGHT, number(y(tick)), number(y(tick)), LEFT - 8, number(y(tick) + 4), label(tick)));
        }
        for (int i = 0; i < xs.size(); i++) {
            s.append(String.format("<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>%n", number(x(i)), HEIGHT - BOTTOM + 20, escape(xs.get(i))));
        }
        s.append(String.format("<text x=\"%d\" y=\"%d\">%s</text>%n", LEFT, HEIGHT - 14, escape(yTitle)));
        s.append(marks);
        for (int i = 0; i < legend.size(); i++) {
            int at = TOP + 8 + 22 * i;
            s.append(String.format("<line class=\"s%d line\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text x=\"%d\" y=\"%d\">%s</text>%n",
                    i, WIDTH - RIGHT + 14, WIDTH - RIGHT + 34, at, at, WIDTH - RIGHT + 40, at + 4, escape(legend.get(i))));
        }
        return s.append("</svg>\n").toString();
    }

    private static String label(double value) {
        return value >= 1 || value == 0 ? String.format(Locale.ROOT, "%,.0f", value) : Condition.number(value);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
