package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.verify.source.Urls;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a look found odd about the metrics themselves, and what that does to what they show.
 *
 * @param remark to go on with behind a reason; empty for none
 * @param refusal why nothing can be said of what they show, or null
 * @param waits why a verdict has to wait for more samples, or null
 */
record Caveats(String remark, String refusal, String waits) {
    /** Tells a pod's counters from those of another one of its name; a person needs the name alone. */
    private static final Pattern POD_UID = Pattern.compile("/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");

    static Caveats of(Walked<?> canary, Walked<?> stable, Watch watch) {
        List<String> remarks = new ArrayList<>();
        add(remarks, "the canary ", canary.copies().text());
        add(remarks, "the stable version ", stable.copies().text());
        remarks.forEach(watch.notes()::warn);
        String who = canary.jumps().isSure() ? "the canary" : stable.jumps().isSure() ? "the stable version" : null;
        String refusal = who == null
                ? null
                : "metric: counters of " + who + " go back and forth, as where one page shows several workers or pods in turn, so nothing can be counted;"
                        + " use the multiprocess mode of the metrics library (Python: PROMETHEUS_MULTIPROC_DIR), or let each have a page of its own";
        if (refusal != null) {
            watch.notes().warn(refusal);
        }
        return new Caveats(remarks.isEmpty() ? "" : "; " + String.join("; ", remarks), refusal, waits(canary, stable));
    }

    private static String waits(Walked<?> canary, Walked<?> stable) {
        if (canary.jumps().isOpen() || stable.jumps().isOpen()) {
            return "a counter fell, and may turn out to be that of several workers; waiting for more samples";
        }
        String leap = leap("the canary", canary.growth());
        return leap == null ? leap("the stable version", stable.growth()) : leap;
    }

    private static String leap(String who, GrowthWatch.Found growth) {
        if (growth.page() == null) {
            return null;
        }
        String what = growth.page().equals(GrowthWatch.GONE)
                ? "waiting for more samples of others than a page that is gone: "
                : "waiting for another sample of " + Excerpt.of(Urls.shown(POD_UID.matcher(growth.page()).replaceFirst(""))) + ": ";
        return what + Math.round(100 * growth.share()) + " % of what " + who
                + " has counted came with one sample";
    }

    private static void add(List<String> remarks, String who, String text) {
        if (text != null) {
            remarks.add(who + text);
        }
    }

    /** What is left of a state that was judged without them. */
    CheckState on(CheckState judged) {
        if (refusal != null) {
            return new CheckState(null, refusal, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, judged.samples(), judged.evidence());
        }
        if (waits != null && judged.verdict() != null) {
            return judged.decided(null, waits + remark);
        }
        return judged.decided(judged.verdict(), judged.reason() + remark);
    }
}
