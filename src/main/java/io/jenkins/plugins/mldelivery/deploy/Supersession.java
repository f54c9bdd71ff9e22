package io.jenkins.plugins.mldelivery.deploy;

/** Why a rollout that did not end is rolled back by a later call, in the words of the log and of the result. */
enum Supersession {
    /** The call asks for something else. */
    ANOTHER_REQUEST("was begun by another request: it is rolled back before this one begins", "another deployment of the model was asked for"),
    /** The call is the same, but its pods are not: by another time that their startup probe gives, or made by a later program. */
    OTHER_PODS("has other pods than the same request makes now: it is rolled back before this one begins", "the same request makes other pods now"),
    /** The call brings back what was there before, which is what the rollback does. */
    UNDONE("is undone: it is rolled back, and nothing else begins", "it was undone before it had ended");

    private final String fate;
    private final String reason;

    Supersession(String fate, String reason) {
        this.fate = fate;
        this.reason = reason;
    }

    /**
     * That of a state.
     *
     * @param now what is asked for
     */
    static Supersession of(RolloutState state, RolloutOrigin now) {
        if (now.kind() == RolloutPlan.Kind.UNDO) {
            return UNDONE;
        }
        boolean same = state.origin() != null && state.origin().request().equals(now.request());
        return same ? OTHER_PODS : ANOTHER_REQUEST;
    }

    /** What becomes of the rollout, after its name. */
    String fate() {
        return fate;
    }

    /** Why it is rolled back. */
    String reason() {
        return reason;
    }
}
