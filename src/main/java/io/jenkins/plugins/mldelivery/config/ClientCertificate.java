package io.jenkins.plugins.mldelivery.config;

import com.cloudbees.plugins.credentials.common.CertificateCredentials;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;

/** Turns Jenkins' certificate credentials into PEM text and a kubeconfig, which stay in memory. */
final class ClientCertificate {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
    private static final String NAME = "jenkins";

    private ClientCertificate() {}

    /**
     * The access with the first key of the key store.
     *
     * @param parameter the parameter that names the credentials, for the error
     * @param caCertificate PEM text of the server's certificate authority, or null
     */
    static ClusterAccess access(String parameter, String url, String caCertificate, String id, CertificateCredentials credentials) throws DeliveryException {
        Pem pem = pem(parameter, id, credentials);
        return ClusterAccess.kubeconfig(SecretText.of(kubeconfig(url, caCertificate, pem)), null);
    }

    /**
     * The first key of the key store with its certificates.
     *
     * @param parameter the parameter that names the credentials, for the error
     */
    static Pem pem(String parameter, String id, CertificateCredentials credentials) throws DeliveryException {
        try {
            KeyStore store = credentials.getKeyStore();
            char[] password = credentials.getPassword().getPlainText().toCharArray();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return new Pem(certificates(store.getCertificateChain(alias)), SecretText.of(pem("PRIVATE KEY", store.getKey(alias, password).getEncoded())));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, parameter, "the certificate '" + id + "' can't be used (" + e.getMessage() + ")", "Upload it again, with its password.", e);
        }
        throw DeliveryException.invalid(parameter, "the certificate '" + id + "' has no private key", "Upload a PKCS#12 file with the key.");
    }

    /** Certificates and a key as PEM text. */
    record Pem(String certificates, SecretText key) {}

    private static String certificates(Certificate[] chain) throws GeneralSecurityException {
        StringBuilder certificates = new StringBuilder();
        for (Certificate certificate : chain) {
            certificates.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return certificates.toString();
    }

    private static String kubeconfig(String url, String caCertificate, Pem pem) {
        ObjectNode root = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Config").put("current-context", NAME);
        ObjectNode cluster = root.putArray("clusters").addObject().put("name", NAME).putObject("cluster").put("server", url);
        if (caCertificate != null) {
            cluster.put("certificate-authority-data", base64(caCertificate));
        }
        root.putArray("users").addObject().put("name", NAME).putObject("user")
                .put("client-certificate-data", base64(pem.certificates()))
                .put("client-key-data", base64(pem.key().reveal()));
        root.putArray("contexts").addObject().put("name", NAME).putObject("context").put("cluster", NAME).put("user", NAME);
        return root.toString();
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + LINES.encodeToString(content) + "\n-----END " + what + "-----\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
