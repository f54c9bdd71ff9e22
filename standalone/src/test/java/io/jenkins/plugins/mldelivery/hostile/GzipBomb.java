package io.jenkins.plugins.mldelivery.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** A little gzip that unpacks to very much, as a stream of many members, since one is quickly made. */
final class GzipBomb {
    private static final int MIB = 1024 * 1024;

    private GzipBomb() {}

    /** Of so many mebibytes of this character, in about a thousandth of it. */
    static byte[] of(char character, int mebibytes) {
        byte[] unpacked = new byte[MIB];
        Arrays.fill(unpacked, (byte) character);
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
            gzip.write(unpacked);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < mebibytes; i++) {
            all.writeBytes(member.toByteArray());
        }
        return all.toByteArray();
    }
}
