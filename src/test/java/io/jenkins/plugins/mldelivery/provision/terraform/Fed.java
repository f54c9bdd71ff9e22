package io.jenkins.plugins.mldelivery.provision.terraform;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Gives a reader a text. */
final class Fed {
    private Fed() {}

    /** The reader after the whole text. */
    static <R extends ToolReader> R whole(R reader, String text) throws DeliveryException {
        return inPieces(reader, text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
    }

    /** The reader after all bytes, in pieces of this size. */
    static <R extends ToolReader> R inPieces(R reader, byte[] bytes, int size) throws DeliveryException {
        for (int from = 0; from < bytes.length; from += Math.min(size, bytes.length - from)) {
            byte[] piece = Arrays.copyOfRange(bytes, from, from + Math.min(size, bytes.length - from));
            reader.accept(piece, piece.length);
        }
        reader.finish();
        return reader;
    }
}
