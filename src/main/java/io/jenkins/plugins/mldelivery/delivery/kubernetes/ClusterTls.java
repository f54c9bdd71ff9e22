package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.TrustAnyone;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS to an API server. As with kubectl, authorities that are given are the only ones; a key of the JVM's own ({@code
 * javax.net.ssl.keyStore}) is never shown.
 */
final class ClusterTls {
    private static final char[] IN_MEMORY = "in-memory".toCharArray();

    private ClusterTls() {}

    static SSLContext context(CheckedAccess access) throws DeliveryException {
        try {
            KeyManager[] own = access.login().key() == null
                    ? new KeyManager[0]
                    : own(access.login().key());
            if (access.server().insecure()) {
                return TrustAnyone.context(own);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities(access.server().authorities()));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw DeliveryException.invalid("cluster", "its certificates can't be used", "Correct the access.");
        }
    }

    /** Null, which means those of the JVM, for none. */
    private static KeyStore authorities(List<X509Certificate> certificates)
            throws GeneralSecurityException, IOException {
        if (certificates.isEmpty()) {
            return null;
        }
        KeyStore store = empty();
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("ca" + i, certificates.get(i));
        }
        return store;
    }

    private static KeyManager[] own(ClientKey key) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        store.setKeyEntry("client", key.key(), IN_MEMORY, key.certificates().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, IN_MEMORY);
        return keys.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
