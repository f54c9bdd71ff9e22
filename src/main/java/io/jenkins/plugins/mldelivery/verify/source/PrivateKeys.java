package io.jenkins.plugins.mldelivery.verify.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Private keys in PEM text: PKCS#8 (RFC 5958), the same encrypted, and of RSA PKCS#1 (RFC 8017). */
final class PrivateKeys {
    /** Version 0 and the algorithm rsaEncryption, which PKCS#8 puts before a PKCS#1 key. */
    private static final byte[] RSA_HEAD = {2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0};

    /** Of a password into a key; the Java platform has the same limit for PKCS#12. More take minutes, and no user has them. */
    private static final int MAX_ITERATIONS = 5_000_000;

    private PrivateKeys() {}

    /** @param algorithm of the certificate's key */
    static PrivateKey parse(String pem, char[] password, String algorithm) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance(algorithm);
        List<byte[]> plain = PemBlocks.of(pem, "PRIVATE KEY");
        if (!plain.isEmpty()) {
            return factory.generatePrivate(new PKCS8EncodedKeySpec(plain.get(0)));
        }
        List<byte[]> encrypted = PemBlocks.of(pem, "ENCRYPTED PRIVATE KEY");
        if (!encrypted.isEmpty()) {
            return factory.generatePrivate(decrypted(encrypted.get(0), password));
        }
        List<byte[]> rsa = PemBlocks.of(pem, "RSA PRIVATE KEY");
        if (!rsa.isEmpty()) {
            return factory.generatePrivate(new PKCS8EncodedKeySpec(wrapped(rsa.get(0))));
        }
        throw new GeneralSecurityException(pem.contains("-----BEGIN EC PRIVATE KEY-----")
                ? "its key is in the SEC 1 form; make a PKCS#8 key of it with 'openssl pkcs8 -topk8 -nodes'"
                : "there is no private key in it");
    }

    private static PKCS8EncodedKeySpec decrypted(byte[] content, char[] password) throws GeneralSecurityException {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(content);
            if (info.getAlgParameters() != null && info.getAlgParameters().getParameterSpec(PBEParameterSpec.class).getIterationCount() > MAX_ITERATIONS) {
                throw new GeneralSecurityException("its key takes more than " + MAX_ITERATIONS + " iterations to decrypt");
            }
            // Of PBES2 the parameters name the cipher ("PBEWithHmacSHA256AndAES_256").
            String name = info.getAlgParameters() == null ? info.getAlgName() : info.getAlgParameters().toString();
            name = name.startsWith("PBE") ? name : info.getAlgName();
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(name).generateSecret(new PBEKeySpec(password)), info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (IOException e) {
            throw new GeneralSecurityException("its encrypted key is broken", e);
        }
    }

    private static byte[] wrapped(byte[] pkcs1) {
        return der(0x30, RSA_HEAD, der(4, pkcs1));
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int size = content.size();
        if (size < 128) {
            out.write(size);
        } else {
            int bytes = size < 256 ? 1 : size < 65536 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(size >> 8 * i);
            }
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
