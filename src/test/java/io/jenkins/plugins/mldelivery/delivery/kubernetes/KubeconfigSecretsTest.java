package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import org.junit.Test;

/** Each secret of a kubeconfig takes time in each line of the log. */
public class KubeconfigSecretsTest {
    @Test
    public void aStrangersKubeconfigMayHaveAFewHundredSecrets() throws Exception {
        KnownSecrets known = new KnownSecrets();
        new KubeconfigReader(false).read(kubeconfig(KubeconfigSecrets.MAX_SECRETS), known);
        assertEquals("the token ****", known.mask("the token " + token(KubeconfigSecrets.MAX_SECRETS - 1)));

        String more = kubeconfig(KubeconfigSecrets.MAX_SECRETS + 1);
        DeliveryException e = assertThrows(
                DeliveryException.class, () -> new KubeconfigReader(false).read(more, new KnownSecrets()));
        assertEquals(
                "kubeconfig: its users have more than 300 secrets. 'kubectl config view --raw --flatten --minify'"
                        + " writes the current context alone.",
                e.getMessage());
    }

    @Test
    public void onesOwnMayHaveMore() throws Exception {
        KnownSecrets known = new KnownSecrets();
        new KubeconfigReader(true).read(kubeconfig(KubeconfigSecrets.MAX_SECRETS + 1), known);
        assertTrue(known.mask(token(KubeconfigSecrets.MAX_SECRETS)).equals("****"));
    }

    private static String kubeconfig(int users) {
        StringBuilder text = new StringBuilder("clusters: [{name: a, cluster: {server: 'https://a.test'}}]\nusers:\n");
        for (int i = 0; i < users; i++) {
            text.append("- {name: u").append(i).append(", user: {token: ").append(token(i)).append("}}\n");
        }
        return text.toString();
    }

    private static String token(int i) {
        return "a-long-token-" + i + "-of-a-user";
    }
}
