package io.jenkins.plugins.mldelivery.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The texts in which a secret may appear literally: as it is, without the white space around it, line by line, quoted for a shell, in hexadecimal digits and in Base64 at any offset (a {@code Basic} header holds it
 * behind the user's name). Escapes, which are written in many ways, are decoded instead, see {@link DecodedText}.
 */
final class SecretForms {
    /** Lines of a secret that are shorter are no secrets of their own. */
    private static final int MIN_LINE = 8;
    /** So many lines of a secret are searched for on their own: a key or a kubeconfig has fewer. */
    private static final int MAX_LINES = 500;
    /** Encoded forms that are shorter would match by chance. */
    private static final int MIN_ENCODED = 6;
    /**
     * The longest token that may be sent. Of a longer secret (a key file, a kubeconfig) only the whole and its lines are
     * searched for: an encoded copy of it has lines too.
     */
    private static final int MAX_ENCODED = HeaderValues.MAX_LENGTH;

    private SecretForms() {}

    /** All forms of a value, itself among them. */
    static Set<String> of(String value) {
        Set<String> forms = new LinkedHashSet<>();
        plain(value).forEach(plain -> add(forms, plain));
        return forms;
    }

    /** The value itself, trimmed, and its lines. */
    static Set<String> plain(String value) {
        Set<String> forms = new LinkedHashSet<>();
        forms.add(value);
        String trimmed = value.strip();
        if (!trimmed.equals(value)) {
            forms.add(trimmed);
        }
        if (trimmed.indexOf('\n') >= 0 || trimmed.indexOf('\r') >= 0) {
            // A log has a text line by line. The marks of PEM are no secrets.
            trimmed.lines()
                    .map(String::strip)
                    .filter(line -> line.length() >= MIN_LINE && !line.startsWith("-----"))
                    .limit(MAX_LINES)
                    .forEach(forms::add);
        }
        forms.removeIf(String::isBlank);
        return forms;
    }

    private static void add(Set<String> forms, String value) {
        forms.add(value);
        if (value.length() > MAX_ENCODED || value.isBlank()) {
            return;
        }
        Set<String> encoded = new LinkedHashSet<>();
        encoded.add(Printable.line(value));
        // As messages are made one line: by their lines, or by all white space.
        encoded.add(value.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining(" ")));
        encoded.add(value.strip().replaceAll("\\s+", " "));
        // As a form has it where nothing else is escaped.
        encoded.add(value.replace(' ', '+'));
        encoded.add(value.replace("'", "'\\''"));
        encoded.add(value.replace("'", "''"));
        bytes(encoded, value);
        // Of a file of JSON somebody may tell the Base64.
        bytes(encoded, value.replace("\\", "\\\\").replace("\"", "\\\""));
        encoded.stream().filter(one -> one.length() >= MIN_ENCODED).forEach(forms::add);
    }

    /** In hexadecimal digits and in Base64. */
    private static void bytes(Set<String> encoded, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        encoded.add(HexFormat.of().formatHex(bytes));
        encoded.add(HexFormat.of().withUpperCase().formatHex(bytes));
        encoded.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
        encoded.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        for (int offset = 0; offset < 3; offset++) {
            String base64 = base64At(bytes, offset);
            encoded.add(base64);
            encoded.add(base64.replace('+', '-').replace('/', '_'));
        }
    }

    /**
     * What of the Base64 text of some longer text stands for these bytes alone: three bytes make four characters, so a value that begins at an offset of 1 or 2 shares its first character
     * with what is before it, and its last one with what is behind it.
     */
    private static String base64At(byte[] bytes, int offset) {
        byte[] padded = new byte[bytes.length + offset];
        System.arraycopy(bytes, 0, padded, offset, bytes.length);
        String text = Base64.getEncoder().withoutPadding().encodeToString(padded);
        int from = offset == 0 ? 0 : offset + 1;
        int to = padded.length / 3 * 4 + (padded.length % 3 == 0 ? 0 : padded.length % 3);
        return from >= to ? "" : text.substring(from, Math.min(to, text.length()));
    }
}
