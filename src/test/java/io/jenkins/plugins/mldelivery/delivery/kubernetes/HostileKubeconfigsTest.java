package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;

/**
 * Whatever a kubeconfig holds that is not the person's own: no program runs, no file is read, and the library says what
 * was checked.
 */
@RunWith(JUnitQuickcheck.class)
public class HostileKubeconfigsTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final int TRIALS = 2_000;
    private static final String MARKER = "marker-of-a-file";
    private static final List<String> OUTCOMES = new ArrayList<>();

    private static Path program;
    private static Path started;
    private static Path file;

    @BeforeClass
    public static void plant() throws Exception {
        Path root = FOLDER.getRoot().toPath();
        started = root.resolve("started");
        program = root.resolve("program");
        Files.writeString(program, "#!/bin/sh\necho >> '" + started + "'\necho '{}'\n");
        assertTrue(program.toFile().setExecutable(true));
        file = root.resolve("file");
        Files.writeString(file, MARKER);
    }

    @Property(trials = TRIALS)
    public void aStrangersKubeconfigStartsNothingAndReadsNothing(long seed) throws Exception {
        String text = new HostileKubeconfigs(new Random(seed), program, file).next();
        for (String context : new String[] {null, "a"}) {
            CheckedAccess checked = null;
            Environment environment = TestEnvironment.quiet();
            try {
                checked = new AccessCheck(environment, Event.Stage.DEPLOY)
                        .check(ClusterAccess.kubeconfig(SecretText.of(text), context));
            } catch (DeliveryException e) {
                assertOneSentence(text, e);
                OUTCOMES.add(e.parameter());
            }
            if (checked != null) {
                OUTCOMES.add("accepted");
                assertSaysWhatWasChecked(text, checked);
            }
            assertFalse(text, Files.exists(started));
        }
    }

    /** The person's own may do all of that, but nothing else comes out than a login or one sentence. */
    @Property(trials = 200)
    public void thePersonsOwnEndsInALoginOrASentence(long seed) throws Exception {
        String text = new HostileKubeconfigs(new Random(seed), program, file).next();
        try {
            assertNotNull(new AccessCheck(TestEnvironment.quiet(), Event.Stage.DEPLOY)
                    .check(new ClusterAccess.Own(
                            SecretText.of(text),
                            null,
                            FOLDER.getRoot().toString(),
                            java.util.Map.of(),
                            java.time.Duration.ofSeconds(30))));
        } catch (DeliveryException e) {
            assertOneSentence(text, e);
        } finally {
            Files.deleteIfExists(started);
        }
    }

    /**
     * The old way: a check of the library's model, first entry of a name, and then the library's own reading of the
     * same text.
     */
    @Property(trials = TRIALS)
    public void aCheckBesideTheLibrarysReadingHasAHole(long seed) throws Exception {
        String text = new HostileKubeconfigs(new Random(seed), program, file).next();
        if (!oldCheckPasses(text)) {
            return;
        }
        try {
            Config config = Config.fromKubeconfig(text);
            if (file.toString().equals(config.getCaCertFile())
                    || file.toString().equals(config.getClientKeyFile())
                    || file.toString().equals(config.getClientCertFile())) {
                OUTCOMES.add("the old way read a file");
            }
        } catch (NullPointerException e) {
            OUTCOMES.add("the old way ended in an NPE");
        } catch (StackOverflowError e) {
            OUTCOMES.add("the old way ended in a StackOverflowError");
        } catch (RuntimeException e) {
            // Refused by the library.
        }
        if (Files.deleteIfExists(started)) {
            OUTCOMES.add("the old way started a program");
        }
    }

    private static boolean oldCheckPasses(String text) {
        try {
            io.fabric8.kubernetes.api.model.Config config = KubeConfigUtils.parseConfigFromString(text);
            String name = config.getCurrentContext();
            var context = config.getContexts().stream()
                    .filter(c -> c.getName() != null && c.getName().equals(name))
                    .map(c -> c.getContext())
                    .findFirst()
                    .orElseThrow();
            AuthInfo user = config.getUsers().stream()
                    .filter(u -> u.getName() != null && u.getName().equals(context.getUser()))
                    .findFirst()
                    .map(NamedAuthInfo::getUser)
                    .orElseGet(AuthInfo::new);
            var cluster = config.getClusters().stream()
                    .filter(c ->
                            c.getName() != null && c.getName().equals(context.getCluster()) && c.getCluster() != null)
                    .findFirst();
            return user.getExec() == null
                    && user.getAuthProvider() == null
                    && user.getClientCertificate() == null
                    && user.getClientKey() == null
                    && user.getTokenFile() == null
                    && cluster.map(c -> c.getCluster().getCertificateAuthority() == null)
                            .orElse(true);
        } catch (StackOverflowError e) {
            OUTCOMES.add("the old way ended in a StackOverflowError");
            return false;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @AfterClass
    public static void eachOutcomeWasThere() {
        Set<String> seen = Set.copyOf(OUTCOMES);
        for (String outcome : List.of(
                "accepted", "kubeconfig", "context", "the old way started a program", "the old way read a file")) {
            assertTrue(outcome + " is not among " + seen, seen.contains(outcome));
        }
        long accepted = OUTCOMES.stream().filter("accepted"::equals).count();
        assertTrue(
                accepted + " of " + OUTCOMES.size() + " were accepted: too few to say anything",
                accepted >= TRIALS / 20);
    }

    private static void assertOneSentence(String text, DeliveryException e) {
        String message = e.getMessage();
        assertTrue(message, message.length() < 400 && message.endsWith(".") && !message.contains("\n"));
        assertNull("a cause could quote the file: " + text, e.getCause());
        for (String secret : List.of("abc-token", "jane-password", MARKER, "id-token")) {
            assertFalse(message + " of\n" + text, message.contains(secret));
        }
    }

    private static void assertSaysWhatWasChecked(String text, CheckedAccess checked) throws DeliveryException {
        Config config = KubernetesClients.config(checked);
        assertEquals(text, checked.server().uri() + "/", config.getMasterUrl());
        assertEquals(
                text,
                checked.login().token() == null ? null : checked.login().token().reveal(),
                config.getOauthToken());
        assertEquals(text, checked.login().username(), config.getUsername());
        assertEquals(
                text,
                checked.login().password() == null
                        ? null
                        : checked.login().password().reveal(),
                config.getPassword());
        assertEquals(text, checked.namespace(), config.getNamespace());
        assertEquals(
                text,
                checked.server().proxy() == null
                        ? null
                        : checked.server().proxy().toString(),
                config.getHttpsProxy());
        assertFalse(text, config.isTrustCerts() || config.isDisableHostnameVerification());
        for (String nothing : new String[] {
            config.getAutoOAuthToken(),
            config.getCaCertFile(),
            config.getClientCertFile(),
            config.getClientKeyFile(),
            config.getKeyStoreFile(),
            config.getTrustStoreFile(),
            config.getImpersonateUsername()
        }) {
            assertNull(text, nothing);
        }
        assertNull(text, config.getAuthProvider());
        assertNull(text, config.getOauthTokenProvider());
        assertNull(text, config.getCurrentContext());
        assertFalse("it would read the machine's own again", config.getAutoConfigure());
        assertTrue(
                text,
                checked.login().token() == null
                        || checked.login().token().reveal().equals("abc-token"));
        assertTrue(
                text,
                checked.login().password() == null
                        || checked.login().password().reveal().equals("jane-password")
                        || checked.login().password().reveal().equals("c"));
    }
}
