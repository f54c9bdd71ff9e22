package io.jenkins.plugins.mldelivery.verify;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** How numbers read in the reasons of checks. */
final class Texts {
    private Texts() {}

    /** With as many digits as it takes not to claim certainty, and never rounded up. */
    static String sure(double error) {
        BigDecimal rounded = BigDecimal.valueOf(100 * error).round(new MathContext(2, RoundingMode.UP));
        return ", " + BigDecimal.valueOf(100).subtract(rounded).stripTrailingZeros().toPlainString() + " % sure";
    }

    /** A share as percent. */
    static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.001 && share > 0 ? "%.3f %%" : "%.2f %%", 100 * share);
    }

    /** Two places at most. */
    static String plain(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** Four significant digits. */
    static String measured(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** As somebody would write it: no more digits than it has. */
    static String exact(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(6)).stripTrailingZeros();
        return rounded.scale() < -6 ? rounded.toString() : rounded.toPlainString();
    }

    /** With a comma every three digits. */
    static String count(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}
