package io.jenkins.plugins.mldelivery.testing;

import static org.junit.Assert.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates of 127.0.0.1 with their keys, each a PKCS#12 file in a folder. */
public final class Certificates {
    /** Of each file and key. */
    public static final String PASSWORD = "changeit";

    private static final Base64.Encoder LINES = Base64.getMimeEncoder();

    private final Path folder;

    /** @param folder where their files are to be */
    public Certificates(Path folder) {
        this.folder = folder;
    }

    /** Makes one with a key of an elliptic curve. */
    public KeyStore create(String name) throws Exception {
        return create(name, "EC");
    }

    /** Makes one. */
    public KeyStore create(String name, String algorithm) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg",
                        algorithm, "-alias", name, "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1",
                        "-storetype", "PKCS12", "-keystore", file(name).toString(), "-storepass", PASSWORD, "-validity", "2")
                .inheritIO().start();
        assertEquals(0, keytool.waitFor());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Files.readAllBytes(file(name))), PASSWORD.toCharArray());
        return store;
    }

    /** The file of one. */
    public Path file(String name) {
        return folder.resolve(name + ".p12");
    }

    /** TLS of a server that shows one and wants to see the other, if there is one. */
    public static SSLContext context(KeyStore own, KeyStore trusted) throws GeneralSecurityException, IOException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("ca", trusted.getCertificate(trusted.aliases().nextElement()));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** One as PEM text. */
    public static String pem(KeyStore store, boolean withKey) throws GeneralSecurityException {
        String alias = store.aliases().nextElement();
        String certificate = "-----BEGIN CERTIFICATE-----\n" + LINES.encodeToString(store.getCertificate(alias).getEncoded()) + "\n-----END CERTIFICATE-----\n";
        return withKey ? certificate + "-----BEGIN PRIVATE KEY-----\n" + LINES.encodeToString(store.getKey(alias, PASSWORD.toCharArray()).getEncoded()) + "\n-----END PRIVATE KEY-----\n" : certificate;
    }
}
