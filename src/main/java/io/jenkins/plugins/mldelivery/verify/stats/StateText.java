package io.jenkins.plugins.mldelivery.verify.stats;

import java.nio.ByteBuffer;
import java.util.Base64;

/** The text form of a test's state: its kind and version in plain letters, then its numbers (IEEE 754 doubles, big-endian) in base64, so that a round trip is exact. */
final class StateText {
    private StateText() {}

    static String write(String kind, double[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * numbers.length);
        for (double number : numbers) {
            bytes.putDouble(number);
        }
        return kind + ":" + Base64.getEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** @throws IllegalArgumentException when it is of another kind or version, or damaged */
    static double[] read(String kind, String text) {
        if (!text.startsWith(kind + ":")) {
            int end = text.indexOf(':');
            throw new IllegalArgumentException("expected evidence of the kind " + kind + ", not " + (end < 0 || end > 40 ? "this text" : text.substring(0, end)));
        }
        byte[] bytes = Base64.getDecoder().decode(text.substring(kind.length() + 1));
        if (bytes.length % Double.BYTES != 0) {
            throw new IllegalArgumentException("the evidence of the kind " + kind + " is cut off");
        }
        double[] numbers = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).asDoubleBuffer().get(numbers);
        return numbers;
    }

    /** @throws IllegalArgumentException also when it has another number of numbers */
    static double[] read(String kind, String text, int count) {
        double[] numbers = read(kind, text);
        if (numbers.length != count) {
            throw new IllegalArgumentException("the evidence of the kind " + kind + " has " + numbers.length + " numbers, not " + count);
        }
        return numbers;
    }
}
