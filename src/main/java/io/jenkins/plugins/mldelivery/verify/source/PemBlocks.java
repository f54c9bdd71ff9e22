package io.jenkins.plugins.mldelivery.verify.source;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Blocks of PEM text (RFC 7468). */
final class PemBlocks {
    private PemBlocks() {}

    /** Characters of a text with blocks: twice as many authorities as any platform trusts. They are kept as objects. */
    static final int MAX_LENGTH = 512 * 1024;

    /** Blocks with one label. */
    private static final int MAX_BLOCKS = 500;

    /** The contents of all blocks with this label. */
    static List<byte[]> of(String pem, String label) throws GeneralSecurityException {
        if (pem.length() > MAX_LENGTH) {
            throw new GeneralSecurityException("it has more than 512 KiB");
        }
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
            if (blocks.size() > MAX_BLOCKS) {
                throw new GeneralSecurityException("it has more than " + MAX_BLOCKS + " blocks " + label);
            }
            at = pem.indexOf(begin, to);
        }
        return blocks;
    }
}
