package io.jenkins.plugins.mldelivery.verify.source;

import java.util.List;

/**
 * Pages of a track that could not be read, while others could. Which ones is no accident: a pod that fails or has too much
 * to do is the one that can't answer, so that a canary would pass by its pods that are well. The stable version's must not
 * be missing either: beside its worst pods alone any canary looks well. So such a look is no evidence, as with an answer of
 * Prometheus that is not complete. Nothing is lost by that: counters go on, and the next look that reads all pages has it.
 */
final class UnreadPages {
    private static final String WHY = "; without all pages of a version a look is no evidence, since the pod that fails may be the one that can't answer";

    private UnreadPages() {}

    /**
     * What they are for the look.
     *
     * @param problems of each what is wrong with it, which names it; not empty
     */
    static MetricSource.Unavailable partial(List<String> problems) {
        int more = problems.size() - 1;
        String others = more == 0 ? "" : ", and so " + more + (more == 1 ? " more page" : " more pages");
        return MetricSource.Unavailable.partial(problems.get(0) + others + WHY);
    }
}
