package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads what {@link Packer} wrote, in the same order. Whatever is no such text is an {@link IllegalArgumentException}. */
public final class Unpacker {
    /**
     * Numbers that the lists of one text may have in all. A run of zeros, or numbers without a bit, take next to nothing
     * of the text, so its length is no limit.
     */
    public static final int MAX_NUMBERS = 200_000;

    private static final Double ZERO = 0.0;

    private final byte[] bytes;
    private int at;
    private int made;

    /** @param kind what it must be, as it was written */
    public Unpacker(String kind, String text) {
        if (text == null || !text.startsWith(kind + ":")) {
            throw new IllegalArgumentException("expected " + kind);
        }
        bytes = Base64.getDecoder().decode(text.substring(kind.length() + 1));
    }

    private int next() {
        if (at >= bytes.length) {
            throw new IllegalArgumentException("it is cut off");
        }
        return bytes[at++] & 0xff;
    }

    /** A number that is 0 or more. */
    public long whole() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int group = next();
            number |= (long) (group & 0x7f) << shift;
            if (group < 0x80) {
                return number;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }

    /** How many things follow, each of at least a byte. */
    public int count() {
        long count = whole();
        if (count < 0 || count > bytes.length - at) {
            throw new IllegalArgumentException("it is cut off");
        }
        return (int) count;
    }

    /** How many things follow, each of at least a byte, and at most so many of them. */
    public int count(int most) {
        int count = count();
        if (count > most) {
            throw new IllegalArgumentException("it has " + count + " of what it may have " + most);
        }
        return count;
    }

    /** A list with room for as many numbers, if the text may have so many more. */
    private List<Double> list(int count) {
        if (count > MAX_NUMBERS - made) {
            throw new IllegalArgumentException("it has more than " + MAX_NUMBERS + " numbers");
        }
        made += count;
        return new ArrayList<>(count);
    }

    /** Any number. */
    public long signed() {
        long number = whole();
        return number >>> 1 ^ -(number & 1);
    }

    /** Any number, or null. */
    public Long orNull() {
        return whole() == 0 ? null : Long.valueOf(signed());
    }

    /** Exactly as it was written. */
    public double number() {
        long number = whole();
        return (number & 1) == 0 ? number >>> 1 : Double.longBitsToDouble(fixed(Long.BYTES));
    }

    /** A number that must be finite and 0 or more. */
    double amount() {
        double number = number();
        if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("it has the amount " + number);
        }
        return number;
    }

    /** As many numbers as were written. */
    public List<Double> numbers(int count) {
        List<Double> numbers = list(count);
        while (numbers.size() < count) {
            Double number = number();
            long times = number == 0 ? whole() : 1;
            if (times < 1 || times > count - numbers.size()) {
                throw new IllegalArgumentException("it has too many numbers");
            }
            for (long i = 0; i < times; i++) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    /** Those of {@link Packer#bits}, with the same widths. */
    public List<Double> bits(int[] widths) {
        List<Double> numbers = list(widths.length);
        int bits = 0;
        int left = 0;
        for (int width : widths) {
            long number = 0;
            for (int i = 0; i < width; i++) {
                if (left == 0) {
                    bits = next();
                    left = Byte.SIZE;
                }
                number |= (long) (bits & 1) << i;
                bits >>>= 1;
                left--;
            }
            numbers.add(number == 0 ? ZERO : Double.valueOf(number));
        }
        return numbers;
    }

    /** A {@link NameHash}. */
    public long name() {
        return fixed(NameHash.BYTES);
    }

    private long fixed(int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number |= (long) next() << 8 * i;
        }
        return number;
    }

    /** @throws IllegalArgumentException when something is left */
    public void end() {
        if (at < bytes.length) {
            throw new IllegalArgumentException("it is too long");
        }
    }
}
