package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.ClientIdentity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.TrustAnyone;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS with authorities and a certificate of one's own. */
final class Tls {
    private static final char[] NO_PASSWORD = new char[0];

    private final boolean insecure;
    private final String caCertificate;
    private final KeyManager[] own;

    /** @param identity what this side shows, or null */
    Tls(PrometheusAccess access, ClientIdentity identity) throws DeliveryException {
        this.insecure = access.insecure();
        this.caCertificate = access.caCertificate();
        this.own = identity == null ? null : keys(access.clientCertificateId(), identity);
    }

    /** For the server that the access is for: with {@code insecure} any certificate of it is taken. */
    SSLContext ofServer() throws DeliveryException {
        return insecure ? TrustAnyone.context(own) : context(false);
    }

    /** For another server, whose certificate may be of the Java platform's authorities as well, and is always verified. */
    SSLContext ofOther() throws DeliveryException {
        return context(true);
    }

    private SSLContext context(boolean both) throws DeliveryException {
        TrustManager[] authorities = caCertificate == null ? null : authorities(caCertificate, both);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, authorities, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static TrustManager[] authorities(String pem, boolean both) throws DeliveryException {
        try {
            KeyStore store = empty();
            int i = 0;
            for (Certificate certificate : certificates(pem)) {
                store.setCertificateEntry("ca" + i++, certificate);
            }
            if (i == 0) {
                throw new GeneralSecurityException("there is no certificate in it");
            }
            if (both) {
                for (TrustManager manager : trusting(null)) {
                    for (Certificate certificate : ((X509TrustManager) manager).getAcceptedIssuers()) {
                        store.setCertificateEntry("ca" + i++, certificate);
                    }
                }
            }
            return trusting(store);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            // The platform's parsers of certificates throw any exception for a broken one.
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "caCertificate", "it can't be used (" + Excerpt.of(e.getMessage()) + ")", "Give the authority's certificate as PEM text, from -----BEGIN CERTIFICATE----- on.", e);
        }
    }

    /** @param store null for the Java platform's authorities */
    private static TrustManager[] trusting(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(String id, ClientIdentity identity) throws DeliveryException {
        char[] password = identity.password() == null ? NO_PASSWORD : identity.password().reveal().toCharArray();
        try {
            KeyStore store;
            if (identity.content().reveal().contains("-----BEGIN ")) {
                store = empty();
                Certificate[] chain = certificates(identity.content().reveal()).toArray(Certificate[]::new);
                if (chain.length == 0) {
                    throw new GeneralSecurityException("there is no certificate in it");
                }
                store.setKeyEntry("own", PrivateKeys.parse(identity.content().reveal(), password, chain[0].getPublicKey().getAlgorithm()), password, chain);
            } else {
                if (identity.content().reveal().length() > PemBlocks.MAX_LENGTH) {
                    throw new GeneralSecurityException("it has more than 2 MiB");
                }
                store = KeyStore.getInstance("PKCS12");
                store.load(new ByteArrayInputStream(Base64.getMimeDecoder().decode(identity.content().reveal().strip())), password);
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "clientCertificateId", "the client certificate '" + id + "' can't be used (" + Excerpt.of(e.getMessage()) + ")",
                    "Give PEM text with the certificate and its PKCS#8 key, or a PKCS#12 file in Base64, with its password.", e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String pem) throws GeneralSecurityException {
        StringBuilder only = new StringBuilder();
        PemBlocks.of(pem, "CERTIFICATE").forEach(block -> only.append("-----BEGIN CERTIFICATE-----\n").append(Base64.getMimeEncoder().encodeToString(block)).append("\n-----END CERTIFICATE-----\n"));
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(only.toString().getBytes(StandardCharsets.US_ASCII)));
    }
}
