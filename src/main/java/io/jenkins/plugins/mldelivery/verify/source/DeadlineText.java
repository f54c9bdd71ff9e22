package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
/** A text that is read character by character until a deadline: matching ends with it, however long it takes. */
final class DeadlineText implements CharSequence {
    /** A large expression has much to do for each character. */
    private static final int EACH = 0x3f;

    private final String text;
    private final Deadline deadline;
    private int reads;

    DeadlineText(String text, Deadline deadline) {
        this.text = text;
        this.deadline = deadline;
    }

    @Override
    public int length() {
        return text.length();
    }

    /** @throws Deadline.Over now and then, when the time is over */
    @Override
    public char charAt(int index) {
        if ((++reads & EACH) == 0) {
            deadline.check();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new DeadlineText(text.substring(start, end), deadline);
    }

    @Override
    public String toString() {
        return text;
    }
}
