package io.jenkins.plugins.mldelivery.verify.stats;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;

/**
 * Writes numbers as short text, so that the evidence of many pods stays small: whole numbers in groups of seven bits, the lowest first, the eighth bit set on all but the last (as in Protocol Buffers); other numbers as IEEE 754 doubles; all of it in base64 behind its kind. {@link Unpacker} reads it.
 */
public final class Packer {
    /** Up to here each whole number is a double. */
    public static final long MOST_EXACT = 1L << 53;

    /** Of the numbers below {@link #MOST_EXACT}. */
    public static final int MOST_BITS = 53;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A number that is 0 or more. */
    public Packer whole(long number) {
        long rest = number;
        while (rest >>> 7 != 0) {
            bytes.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return this;
    }

    /** Any number. */
    public Packer signed(long number) {
        return whole(number << 1 ^ number >> 63);
    }

    /** Any number, or null. */
    public Packer orNull(Long number) {
        return number == null ? whole(0) : whole(1).signed(number);
    }

    /** Exactly, NaN and infinities as well. */
    public Packer number(double number) {
        return isWhole(number) ? whole((long) number << 1) : whole(1).fixed(Double.doubleToRawLongBits(number), Long.BYTES);
    }

    /** Numbers, of which many in a row may be 0. */
    public Packer numbers(List<Double> numbers) {
        int i = 0;
        while (i < numbers.size()) {
            number(numbers.get(i));
            int zeros = i;
            while (zeros < numbers.size() && numbers.get(zeros) == 0 && numbers.get(i) == 0) {
                zeros++;
            }
            if (zeros > i) {
                whole(zeros - i);
            }
            i = Math.max(zeros, i + 1);
        }
        return this;
    }

    /** Whole numbers, each of 0 or more, with as many bits as are given for it. */
    public Packer bits(List<Double> numbers, int[] widths) {
        int bits = 0;
        int waiting = 0;
        for (int n = 0; n < widths.length; n++) {
            long number = numbers.get(n).longValue();
            for (int i = 0; i < widths[n]; i++) {
                bits |= (int) (number >>> i & 1) << waiting++;
                if (waiting == Byte.SIZE) {
                    bytes.write(bits);
                    bits = 0;
                    waiting = 0;
                }
            }
        }
        if (waiting > 0) {
            bytes.write(bits);
        }
        return this;
    }

    /** How many bits a number needs that {@link #isWhole}. */
    public static int width(double number) {
        return Long.SIZE - Long.numberOfLeadingZeros((long) number);
    }

    /** Whether it is a whole number, 0 or more and below 2⁵³. */
    public static boolean isWhole(double number) {
        return number >= 0 && number < MOST_EXACT && number == Math.rint(number) && 1 / number > 0;
    }

    /** A {@link NameHash}. */
    public Packer name(long hash) {
        return fixed(hash, NameHash.BYTES);
    }

    private Packer fixed(long number, int length) {
        for (int i = 0; i < length; i++) {
            bytes.write((int) (number >>> 8 * i));
        }
        return this;
    }

    /**
     * All of it.
     *
     * @param kind what it is and its version, which the reader must know
     */
    public String text(String kind) {
        return kind + ":" + Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }
}
