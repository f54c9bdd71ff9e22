package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.verify.stats.NameHash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The identity of a series, or of any text whose length others choose, in 40 bytes. Sets and maps go by it: the text of a
 * series may have megabytes, since a hundred labels of it may have 32 KiB each, which series share while their texts don't.
 * The labels as a map would not do either: the hash of a map is a sum that many of them can share. Two texts of which one was made
 * to be like the other are still told apart; the order has no meaning, and lets a hash table find keys with the same hash.
 *
 * @param high the first 8 bytes of SHA-256 over the text's UTF-16
 * @param low the next 8 bytes
 * @param name the text's {@link NameHash}
 */
public record SeriesKey(long high, long low, long name) implements Comparable<SeriesKey> {
    private static final Comparator<SeriesKey> ORDER = Comparator.comparingLong(SeriesKey::high).thenComparingLong(SeriesKey::low);

    /** Of the source, then the labels in order, quoted so that no two label sets read alike. */
    public static SeriesKey of(String source, Map<String, String> labels) {
        Text text = new Text();
        text.add(source);
        text.add('{');
        new TreeMap<>(labels).forEach((name, value) -> {
            text.add(name);
            text.add("=\"");
            text.addQuoted(value);
            text.add("\",");
        });
        text.add('}');
        return text.key();
    }

    /** Of a text. */
    public static SeriesKey of(String text) {
        Text all = new Text();
        all.add(text);
        return all.key();
    }

    @Override
    public int compareTo(SeriesKey other) {
        return ORDER.compare(this, other);
    }

    /** A text that is told piece by piece, and never is as a whole. */
    private static final class Text {
        private final MessageDigest digest = sha256();
        private final NameHash.Running name = new NameHash.Running();
        private final ByteBuffer piece = ByteBuffer.allocate(512);

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        void add(char c) {
            if (!piece.hasRemaining()) {
                digest.update(piece.array());
                piece.clear();
            }
            piece.putChar(c);
            name.add(c);
        }

        void add(String text) {
            for (int i = 0; i < text.length(); i++) {
                add(text.charAt(i));
            }
        }

        void addQuoted(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '\\' || c == '"') {
                    add('\\');
                }
                add(c);
            }
        }

        SeriesKey key() {
            digest.update(piece.array(), 0, piece.position());
            ByteBuffer hash = ByteBuffer.wrap(digest.digest());
            return new SeriesKey(hash.getLong(), hash.getLong(), name.number());
        }
    }
}
