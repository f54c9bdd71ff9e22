package gatebench;

import java.util.Locale;

/**
 * What a simulated rollout is like.
 *
 * @param shape how the traffic and the errors behave, on both tracks alike
 * @param stablePerCanary stable requests for each canary request: 1 at 50:50, 9 at 10:90
 * @param base the stable version's error rate
 * @param factor the canary's error rate over the stable version's from the onset on; 1 in an A/A rollout
 * @param onset the minute in which the regression begins
 * @param tickSeconds time between two scrapes
 */
record Condition(Shape shape, int stablePerCanary, double base, double factor, int onset, int tickSeconds) {
    static final int MINUTES = 60;
    static final int CANARY_REQUESTS = 300;
    static final int CANARY_PODS = 2;

    /** How traffic and errors behave, apart from the regression. */
    enum Shape {
        PLAIN("plain"),
        DIURNAL("diurnal (load ±60 %, error rate ±50 %, a day in an hour)"),
        INCIDENT("shared incident (errors ×10 on both tracks for 10 min)"),
        MOVED("moved base (error rate ×2 on both tracks from some minute on)"),
        BURSTY("overdispersed (each pod-minute's rate × a gamma of variance 2)"),
        SPELLS("bad spells (a pod at ×10 for 3 min, once in 2 h)"),
        CHURN("resets (each pod restarts every 20 min; what was not scraped is lost)"),
        GAPS("gaps (5 % of the scrapes missing on either track, and 3 min of both)");

        private final String text;

        Shape(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        /** Its first word or words. */
        String word() {
            return text.replaceAll(" \\(.*", "");
        }
    }

    static Condition of(Shape shape, int stablePerCanary, double base, double factor) {
        return new Condition(shape, stablePerCanary, base, factor, 0, 60);
    }

    Condition from(int minute) {
        return new Condition(shape, stablePerCanary, base, factor, minute, tickSeconds);
    }

    Condition every(int seconds) {
        return new Condition(shape, stablePerCanary, base, factor, onset, seconds);
    }

    boolean same() {
        return factor == 1;
    }

    int ticks() {
        return MINUTES * 60 / tickSeconds;
    }

    String split() {
        return stablePerCanary == 1 ? "50:50" : "10:90";
    }

    /** In a few words. */
    String name() {
        return String.format(Locale.ROOT, "%s%s, %s, %s %%%s", same() ? "A/A" : "×" + number(factor), shape == Shape.PLAIN ? "" : " " + shape.word(), split(), number(100 * base),
                onset == 0 ? "" : ", from min " + onset);
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
