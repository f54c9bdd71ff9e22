package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A client's certificates with the key of the first one.
 *
 * @param certificates the client's own, then those that have signed it
 * @param key of RSA or of an elliptic curve
 */
record ClientKey(List<X509Certificate> certificates, PrivateKey key) {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
    private static final int MAX_CERTIFICATES = 500;
    /** Characters of their text: twice as many authorities as any platform trusts. They are kept as objects. */
    private static final int MAX_LENGTH = 512 * 1024;
    private static final int LONG_FORM = 0x80;

    ClientKey {
        certificates = List.copyOf(certificates);
    }

    /**
     * Reads PEM text.
     *
     * @param certificates at least one
     * @param key a key in PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) or SEC 1 (RFC 5915), not encrypted
     * @throws GeneralSecurityException when something of it is not usable, in words that do not quote it
     */
    static ClientKey parse(String certificates, String key) throws GeneralSecurityException {
        List<X509Certificate> chain = certificates(certificates);
        PublicKey owner = chain.get(0).getPublicKey();
        if (!owner.getAlgorithm().equals("RSA") && !owner.getAlgorithm().equals("EC")) {
            throw new GeneralSecurityException("its key is neither of RSA nor of an elliptic curve");
        }
        try {
            return new ClientKey(
                    chain,
                    KeyFactory.getInstance(owner.getAlgorithm())
                            .generatePrivate(new PKCS8EncodedKeySpec(pkcs8(key, owner))));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new GeneralSecurityException("its key can't be read, or is not the certificate's");
        }
    }

    private static byte[] pkcs8(String text, PublicKey owner) throws GeneralSecurityException {
        List<byte[]> plain = blocks(text, "PRIVATE KEY");
        if (!plain.isEmpty()) {
            return plain.get(0);
        }
        // The older forms do not name the algorithm and the curve. The certificate does, with the bytes that PKCS#8
        // wants.
        for (String label : List.of("RSA PRIVATE KEY", "EC PRIVATE KEY")) {
            List<byte[]> found = blocks(text, label);
            if (!found.isEmpty()) {
                return der(0x30, new byte[] {2, 1, 0}, algorithm(owner.getEncoded()), der(4, found.get(0)));
            }
        }
        throw new GeneralSecurityException("there is none");
    }

    /** The AlgorithmIdentifier of a SubjectPublicKeyInfo (RFC 5280), which is the first element of its sequence. */
    private static byte[] algorithm(byte[] publicKey) {
        ByteBuffer der = ByteBuffer.wrap(publicKey);
        der.get();
        length(der);
        int start = der.position();
        der.get();
        int end = length(der) + der.position();
        byte[] algorithm = new byte[end - start];
        der.position(start).get(algorithm);
        return algorithm;
    }

    private static int length(ByteBuffer der) {
        int first = der.get() & 0xff;
        if (first < LONG_FORM) {
            return first;
        }
        int length = 0;
        for (int left = first - LONG_FORM; left > 0; left--) {
            length = length << 8 | der.get() & 0xff;
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int size = content.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (size < LONG_FORM) {
            out.write(size);
        } else {
            int bytes = 4 - Integer.numberOfLeadingZeros(size) / 8;
            out.write(LONG_FORM | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(size >> 8 * i);
            }
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    /**
     * The certificates of PEM text.
     *
     * @throws GeneralSecurityException when there is none, or one can't be read, in words that do not quote it
     */
    static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        if (pem.length() > MAX_LENGTH) {
            throw new GeneralSecurityException("it has more than 512 KiB");
        }
        List<byte[]> blocks = blocks(pem, "CERTIFICATE");
        if (blocks.isEmpty() || blocks.size() > MAX_CERTIFICATES) {
            throw new GeneralSecurityException(
                    blocks.isEmpty()
                            ? "it has no certificate in PEM text"
                            : "it has more than " + MAX_CERTIFICATES + " certificates");
        }
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (byte[] block : blocks) {
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new GeneralSecurityException("its certificate can't be read");
        }
        return certificates;
    }

    /** The contents of the blocks with this label (RFC 7468). */
    private static List<byte[]> blocks(String pem, String label) throws GeneralSecurityException {
        List<byte[]> blocks = new ArrayList<>();
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        for (int at = pem.indexOf(begin); at >= 0; at = pem.indexOf(begin, at)) {
            int to = pem.indexOf(end, at + begin.length());
            if (to < 0) {
                throw new GeneralSecurityException("a block of its PEM text has no end");
            }
            try {
                blocks.add(Base64.getMimeDecoder().decode(pem.substring(at + begin.length(), to)));
            } catch (IllegalArgumentException e) {
                throw new GeneralSecurityException("a block of its PEM text is not Base64");
            }
            at = to;
        }
        return blocks;
    }

    /** The certificates in PEM text. */
    static String pem(List<X509Certificate> certificates) throws GeneralSecurityException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return text.toString();
    }

    /** The key in PEM text of PKCS#8. */
    SecretText keyPem() {
        return SecretText.of(pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(content) + "\n-----END " + label + "-----\n";
    }

    @Override
    public String toString() {
        return "a certificate with its key";
    }
}
