package io.jenkins.plugins.mldelivery.delivery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A list of texts as bytes, for a way on which objects can't be trusted: bytes have no class, so whoever reads them decides what comes out, and how much of it. Four bytes tell how many texts there are, four how many bytes a
 * text has (-1 is {@code null}), then come its bytes in UTF-8.
 */
public final class Packed {
    private static final int NULL = -1;

    private Packed() {}

    /** The texts as bytes. */
    public static byte[] pack(List<String> texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(texts.size());
            for (String text : texts) {
                byte[] content = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(content == null ? NULL : content.length);
                if (content != null) {
                    out.write(content);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The texts of these bytes.
     *
     * @param maxTexts more texts than this are refused
     * @return texts and nulls, unmodifiable
     * @throws IOException when the bytes are anything else than such a list
     */
    public static List<String> unpack(byte[] bytes, int maxTexts) throws IOException {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int count = in.getInt();
            if (count < 0 || count > maxTexts) {
                throw new IOException("a list of " + count + " texts instead of at most " + maxTexts);
            }
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int length = in.getInt();
                if (length < NULL || length > in.remaining()) {
                    throw new IOException("a text of " + length + " bytes among " + in.remaining());
                }
                texts.add(length == NULL ? null : decode(in, length));
            }
            if (in.hasRemaining()) {
                throw new IOException(in.remaining() + " bytes too many");
            }
            return Collections.unmodifiableList(texts);
        } catch (BufferUnderflowException e) {
            throw new IOException("too few bytes", e);
        }
    }

    private static String decode(ByteBuffer in, int length) throws CharacterCodingException {
        ByteBuffer text = in.slice(in.position(), length);
        in.position(in.position() + length);
        return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    }
}
