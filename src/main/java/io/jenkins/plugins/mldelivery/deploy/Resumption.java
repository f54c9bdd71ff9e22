package io.jenkins.plugins.mldelivery.deploy;

/**
 * What a call does with the state of a rollout that did not end. Only the request that began it goes on with it: what
 * was judged so far was judged of that request, by its checks.
 */
enum Resumption {
    /** Goes on where it was. */
    GO_ON,
    /** Brings the stable version back first, then begins anew. */
    ROLL_BACK_FIRST,
    /** Begins anew beside what is there, as it does where no state is left. */
    BEGIN_ANEW,
    /** Does nothing: the state belongs to another cluster, and is all that is known of the rollout there. */
    REFUSE;

    /**
     * Decides.
     *
     * @param state of the rollout that did not end
     * @param now what is asked for now
     * @param revision of what is asked for now; null where that is not known yet, as of an undone rollout
     */
    static Resumption of(RolloutState state, RolloutOrigin now, String revision) {
        RolloutOrigin begun = state.origin();
        RolloutPlace.Relation relation = begun == null
                ? RolloutPlace.Relation.SAME : now.place().to(begun.place());
        if (relation == RolloutPlace.Relation.ELSEWHERE) {
            return REFUSE;
        }
        if (state.phase().ended()) {
            // Only what the last tick was to do is done again.
            return GO_ON;
        }
        if (relation == RolloutPlace.Relation.MADE_ANEW) {
            return BEGIN_ANEW;
        }
        boolean sameRequest = begun == null || begun.request().equals(now.request());
        // A later program may make other pods of the same request: then they are another version.
        boolean sameRevision = revision == null || revision.equals(state.revision());
        boolean preparing = state.phase() == Phase.PREPARING;
        if (sameRequest && (sameRevision || preparing)) {
            return GO_ON;
        }
        return preparing || standsOnItsOwn(state, begun, now) ? BEGIN_ANEW : ROLL_BACK_FIRST;
    }

    /**
     * Whether what the rollout has put there may stay: a version that has passed its own gate or needed none, and is
     * the stable one already. Others may use it since long, and going back would take it from them. Its traffic must
     * find its way by the same object.
     */
    private static boolean standsOnItsOwn(RolloutState state, RolloutOrigin begun, RolloutOrigin now) {
        if (begun == null || state.phase() != Phase.PROMOTING) {
            return false;
        }
        // One that has taken the place of a version without ready pods is judged only afterwards, whatever was asked for.
        boolean judged = begun.kind() != RolloutPlan.Kind.DIRECT && !state.alone();
        boolean passed = judged && begun.dividesLike(now);
        return passed || begun.kind() == RolloutPlan.Kind.UNDO || state.stableRevision() == null;
    }
}
