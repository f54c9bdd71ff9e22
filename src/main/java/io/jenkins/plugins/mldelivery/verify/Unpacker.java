package io.jenkins.plugins.mldelivery.verify;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads what {@link Packer} wrote. Whatever is no such text is an {@link IllegalArgumentException}. */
final class Unpacker {
    private final byte[] bytes;
    private int at;

    Unpacker(String kind, String text) {
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

    long whole() {
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
    int count() {
        long count = whole();
        if (count < 0 || count > bytes.length - at) {
            throw new IllegalArgumentException("it is cut off");
        }
        return (int) count;
    }

    long signed() {
        long number = whole();
        return number >>> 1 ^ -(number & 1);
    }

    Long orNull() {
        return whole() == 0 ? null : Long.valueOf(signed());
    }

    double number() {
        long number = whole();
        return (number & 1) == 0 ? number >>> 1 : Double.longBitsToDouble(fixed(Long.BYTES));
    }

    List<Double> numbers(int count) {
        List<Double> numbers = new ArrayList<>(count);
        while (numbers.size() < count) {
            double number = number();
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

    String name() {
        return Long.toUnsignedString(fixed(SeriesHash.BYTES), Character.MAX_RADIX);
    }

    private long fixed(int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number |= (long) next() << 8 * i;
        }
        return number;
    }

    /** @throws IllegalArgumentException when something is left */
    void end() {
        if (at < bytes.length) {
            throw new IllegalArgumentException("it is too long");
        }
    }
}
