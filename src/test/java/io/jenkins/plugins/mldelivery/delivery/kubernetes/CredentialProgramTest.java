package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The program ({@code exec}) of a person's own kubeconfig. */
public class CredentialProgramTest {
    private static final String ANSWER =
            """
            cat <<'END'
            {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
             "status": {"token": "abc-token"}}
            END
            """;
    private static final long SOON_SECONDS = 60;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** A kubeconfig whose user is logged in by {@code login.sh}, which does this. */
    private ClusterAccess program(String script, String more) throws IOException {
        Path program = folder.getRoot().toPath().resolve("login.sh");
        Files.writeString(program, "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n" + script);
        assertTrue(program.toFile().setExecutable(true));
        return exec("command: ./login.sh, apiVersion: client.authentication.k8s.io/v1" + more);
    }

    private ClusterAccess exec(String fields) {
        String text =
                """
                clusters:
                - name: here
                  cluster: {server: "https://127.0.0.1:6443"}
                users:
                - name: robot
                  user: {exec: {%s}}
                contexts:
                - name: main
                  context: {cluster: here, user: robot}
                current-context: main
                """
                        .formatted(fields);
        return new ClusterAccess.Own(
                SecretText.of(text), null, folder.getRoot().toString(), Map.of(), Duration.ofMinutes(1));
    }

    private static String token(ClusterAccess access) throws DeliveryException {
        try (KubernetesClient client = TestEnvironment.open(access)) {
            return client.getConfiguration().getOauthToken();
        }
    }

    private static String refused(ClusterAccess access) {
        return assertThrows(DeliveryException.class, () -> token(access)).getMessage();
    }

    @Test
    public void itsArgumentsAreNotReadByAShell() throws Exception {
        ClusterAccess access = program(
                "for each in \"$@\"; do printf '%s\\n' \"$each\" >> arguments; done\n" + ANSWER,
                ", args: ['--profile', 'my team', '$(touch started)', 'x;touch${IFS}started', '`touch started`',"
                        + " 'a\"b', 'c''d', '*', '']");
        assertEquals("abc-token", token(access));
        assertFalse("an argument was run", Files.exists(folder.getRoot().toPath().resolve("started")));
        assertEquals(
                List.of(
                        "--profile",
                        "my team",
                        "$(touch started)",
                        "x;touch${IFS}started",
                        "`touch started`",
                        "a\"b",
                        "c'd",
                        "*",
                        ""),
                Files.readAllLines(folder.getRoot().toPath().resolve("arguments")));
    }

    @Test
    public void itsVariablesAreSetAndItIsToldHowToAnswer() throws Exception {
        ClusterAccess access = program(
                "printf '%s\\n' \"$REGION\" \"$KUBERNETES_EXEC_INFO\" > seen\n" + ANSWER,
                ", env: [{name: REGION, value: 'eu north'}]");
        assertEquals("abc-token", token(access));
        assertEquals(
                List.of(
                        "eu north",
                        "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
                                + "\"spec\":{\"interactive\":false}}"),
                Files.readAllLines(folder.getRoot().toPath().resolve("seen")));
    }

    @Test
    public void whatItSaysBesidesIsNoPartOfItsAnswer() throws Exception {
        // More than a pipe holds, so whoever does not read it waits for ever.
        String warning = "head -c 200000 /dev/zero | tr '\\0' x >&2\n";
        assertEquals("abc-token", token(program(warning + ANSWER, "")));
    }

    @Test
    public void whyItFailedIsSaid() throws Exception {
        assertEquals(
                "kubeconfig: the program of its user 'robot', './login.sh', failed with exit code 255: the session has"
                        + " expired; run: sso login. Do what it says, or use a token.",
                refused(program("echo 'the session has expired; run: sso login' >&2; exit 255\n", "")));
        assertEquals(
                "kubeconfig: the program of its user 'robot', 'no-such-program', could not be started."
                        + " Install it: see https://example.org/install",
                refused(
                        exec(
                                "command: no-such-program, apiVersion: client.authentication.k8s.io/v1,"
                                        + " installHint: 'see https://example.org/install'")));
        assertEquals(
                "kubeconfig: the exec of its user 'robot' has no apiVersion. Complete it.",
                refused(exec("command: ./login.sh")));
    }

    @Test
    public void anAnswerThatIsNoneIsRefused() throws Exception {
        String other = ANSWER.replace("k8s.io/v1\"", "k8s.io/v1beta1\"");
        String half = ANSWER.replace("\"token\": \"abc-token\"", "\"clientCertificateData\": \"x\"");
        for (String script : List.of(
                "echo hello\n",
                "true\n",
                "echo '[]'\n",
                other,
                half,
                ANSWER.replace("\"token\"", "\"other\""),
                ANSWER.replace("\"abc-token\"", "{}"),
                ANSWER.replace("ExecCredential", "Config"))) {
            String message = refused(program(script, ""));
            assertTrue(
                    script + message,
                    message.startsWith("kubeconfig: the program of its user 'robot', './login.sh', gave no "));
        }
    }

    @Test
    public void anEndlessAnswerIsRefused() throws Exception {
        assertEquals(
                "kubeconfig: the program of its user 'robot', './login.sh', gave more than 1 MiB. Run it by hand to see"
                        + " what it says.",
                refused(program("exec yes\n", "")));
    }

    @Test
    public void itEndsWhenTheUserAborts() throws Exception {
        Path started = folder.getRoot().toPath().resolve("started");
        ClusterAccess access = program("touch started\nexec sleep 300\n", "");
        DeliveryException[] thrown = new DeliveryException[1];
        Thread thread =
                new Thread(() -> thrown[0] = assertThrows(DeliveryException.class, () -> token(access)));
        thread.start();
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
                !Files.exists(started) && System.nanoTime() < end; ) {
            Thread.sleep(10);
        }
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(SOON_SECONDS));
        assertFalse("it waits", thread.isAlive());
        assertEquals(DeliveryException.Kind.ABORTED, thrown[0].kind());
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            assertFalse(
                    "it runs on",
                    children.anyMatch(child -> child.info().commandLine().orElse("").contains("sleep 300")));
        }
    }

    @Test
    public void itMayNotTakeForEver() throws Exception {
        ClusterAccess.Own own = (ClusterAccess.Own) program("exec sleep 300\n", "");
        KubeconfigEntry user = new KubeconfigReader(true)
                .read(own.text().reveal(), new io.jenkins.plugins.mldelivery.delivery.KnownSecrets())
                .choose(null)
                .user();
        CredentialProgram program = new CredentialProgram(
                TestEnvironment.quiet(), folder.getRoot().toPath(), java.time.Duration.ofMillis(200));
        DeliveryException e = assertThrows(
                DeliveryException.class, () -> program.login(user, user.object("exec"), ClientLogin.ANONYMOUS));
        assertEquals(DeliveryException.Kind.TIMEOUT, e.kind());
        assertEquals(
                "kubeconfig: the program of its user 'robot', './login.sh', was not done within 200ms and was stopped."
                        + " Run it by hand to see what it waits for.",
                e.getMessage());
    }
}
