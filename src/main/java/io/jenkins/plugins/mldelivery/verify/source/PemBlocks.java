package io.jenkins.plugins.mldelivery.verify.source;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Blocks of PEM text (RFC 7468). */
final class PemBlocks {
    private PemBlocks() {}

    /** The contents of all blocks with this label. */
    static List<byte[]> of(String pem, String label) throws GeneralSecurityException {
        List<byte[]> blocks = new ArrayList<>();
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        int at = pem.indexOf(begin);
        while (at >= 0) {
            int to = pem.indexOf(end, at);
            if (to < 0) {
                throw new GeneralSecurityException("the block " + label + " has no end");
            }
            try {
                blocks.add(Base64.getMimeDecoder().decode(pem.substring(at + begin.length(), to)));
            } catch (IllegalArgumentException e) {
                throw new GeneralSecurityException("the block " + label + " is no Base64", e);
            }
            at = pem.indexOf(begin, to);
        }
        return blocks;
    }
}
