package io.jenkins.plugins.mldelivery.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tar entries that are the same on every machine: POSIX ustar with pax headers (POSIX.1-2001) only for what ustar can't hold (long names, files of 8 GiB
 * and more); owner 0:0, time 0, fixed modes.
 */
final class TarWriter {
    private static final int RECORD = 512;
    private static final int MAX_NAME = 100;
    private static final long MAX_OCTAL_SIZE = 0_77777777777L;
    private static final byte[] ZEROS = new byte[2 * RECORD];

    private final OutputStream out;
    private long remaining;
    private int padding;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes a folder; its name has no slash at either end. */
    void directory(String name) throws IOException {
        header(name + "/", 0, '5', 0_755);
    }

    /** Begins a file; exactly <code>size</code> bytes must follow through {@link #content}. */
    void file(String name, long size, boolean executable) throws IOException {
        header(name, size, '0', executable ? 0_755 : 0_644);
        remaining = size;
        padding = (int) ((RECORD - size % RECORD) % RECORD);
        if (size == 0) {
            padding = 0;
        }
    }

    /** Writes a part of the current file. */
    void content(byte[] bytes, int offset, int count) throws IOException {
        if (count > remaining) {
            throw new IOException("more bytes than announced");
        }
        out.write(bytes, offset, count);
        remaining -= count;
        if (remaining == 0) {
            out.write(ZEROS, 0, padding);
            padding = 0;
        }
    }

    /** Writes the end of the archive; leaves the stream open. */
    void finish() throws IOException {
        if (remaining > 0) {
            throw new IOException("a file is incomplete");
        }
        out.write(ZEROS);
    }

    private void header(String name, long size, char type, int mode) throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        Map<String, String> pax = new TreeMap<>();
        if (nameBytes.length > MAX_NAME || !name.chars().allMatch(c -> c < 128)) {
            pax.put("path", name);
        }
        if (size > MAX_OCTAL_SIZE) {
            pax.put("size", Long.toString(size));
        }
        if (!pax.isEmpty()) {
            byte[] records = paxRecords(pax);
            record("PaxHeader".getBytes(StandardCharsets.UTF_8), records.length, 'x', 0_644);
            out.write(records);
            out.write(ZEROS, 0, (RECORD - records.length % RECORD) % RECORD);
        }
        record(nameBytes, size > MAX_OCTAL_SIZE ? 0 : size, type, mode);
    }

    private void record(byte[] name, long size, char type, int mode) throws IOException {
        byte[] r = new byte[RECORD];
        System.arraycopy(name, 0, r, 0, Math.min(name.length, MAX_NAME));
        octal(r, 100, 8, mode);
        octal(r, 108, 8, 0);
        octal(r, 116, 8, 0);
        octal(r, 124, 12, size);
        octal(r, 136, 12, 0);
        java.util.Arrays.fill(r, 148, 156, (byte) ' ');
        r[156] = (byte) type;
        System.arraycopy("ustar\0" .getBytes(StandardCharsets.US_ASCII), 0, r, 257, 6);
        r[263] = '0';
        r[264] = '0';
        octal(r, 329, 8, 0);
        octal(r, 337, 8, 0);
        int sum = 0;
        for (byte b : r) {
            sum += b & 0xff;
        }
        byte[] check = String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(check, 0, r, 148, 8);
        out.write(r);
    }

    private static void octal(byte[] record, int offset, int width, long value) {
        byte[] digits = String.format(Locale.ROOT, "%0" + (width - 1) + "o", value).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, record, offset, width - 1);
    }

    /** Each record is "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
    private static byte[] paxRecords(Map<String, String> pax) {
        StringBuilder all = new StringBuilder();
        pax.forEach((key, value) -> {
            String rest = " " + key + "=" + value + "\n";
            int bytes = rest.getBytes(StandardCharsets.UTF_8).length;
            int length = bytes + Integer.toString(bytes).length();
            if (bytes + Integer.toString(length).length() != length) {
                length = bytes + Integer.toString(length).length();
            }
            all.append(length).append(rest);
        });
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }
}
