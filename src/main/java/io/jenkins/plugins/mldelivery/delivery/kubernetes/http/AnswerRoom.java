package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

/**
 * How much memory an answer of a cluster may take as an object of the library, which is up to a hundred times its
 * bytes. A client has one. It is narrow, {@link AnswerLimits#OBJECT_MEMORY}, unless its only user has made it wide, who
 * sees to it that few do so at a time. Thread-safe.
 */
public final class AnswerRoom {
    private volatile boolean wide;

    /** Whether the answer that ended a call has too little room, and may be taken in a wide one. */
    public boolean isTooNarrow(Throwable e) {
        if (wide) {
            return false;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AnswerException answer) {
                return answer.isLarge();
            }
        }
        return false;
    }

    /** From now on an answer may have {@link AnswerLimits#VALUES}, whatever memory these take. */
    public void widen() {
        wide = true;
    }

    /** As in the beginning. */
    public void narrow() {
        wide = false;
    }

    /** Bytes of an answer. */
    int bytes() {
        return wide ? AnswerLimits.ANSWER_BYTES : AnswerLimits.OBJECT_BYTES;
    }

    /** Bytes of memory of the object that is made of it. */
    long memory() {
        return wide ? Long.MAX_VALUE : AnswerLimits.OBJECT_MEMORY;
    }
}
