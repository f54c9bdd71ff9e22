package io.jenkins.plugins.mldelivery.config;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.FilePath;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import io.jenkins.plugins.mldelivery.delivery.ClientIdentity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * Secrets from Jenkins' credentials stores, looked up with the run's own authentication (so a build can't use what its user may not) and tracked as
 * used by the run. The values that it gives out are masked in all that the run says, see {@link RunSecrets}.
 */
public final class RunCredentials implements Secrets {
    /** Bytes of a secret file at most. */
    static final int LARGEST_FILE = 1024 * 1024;

    private final Run<?, ?> run;
    private final KnownSecrets known;
    private final FilePath agent;
    private final boolean controllerFirst;

    /** Looks up for this run. */
    public RunCredentials(Run<?, ?> run) {
        this(run, RunSecrets.of(run), null, false);
    }

    private RunCredentials(Run<?, ?> run, KnownSecrets known, FilePath agent, boolean controllerFirst) {
        this.run = run;
        this.known = known;
        this.agent = agent;
        this.controllerFirst = controllerFirst;
    }

    /** The same for a step on an agent, whose own identity may be used as well. What it gives out, this masks. */
    public RunCredentials on(FilePath workspace) {
        return new RunCredentials(run, known, workspace, controllerFirst);
    }

    /**
     * The same, but first with the controller's own rights, which find credentials of the scope System too: for what an
     * administrator has configured and given to this run's job by name. Nothing that a job's author can choose may be
     * looked up so.
     */
    RunCredentials ofController() {
        return new RunCredentials(run, known, agent, true);
    }

    /** The job whose build this is. */
    Job<?, ?> job() {
        return run.getParent();
    }

    /** A workspace on the agent around the step, or null when there is none. */
    FilePath agent() {
        return agent;
    }

    /**
     * Credentials of any kind, or null when there are none that this build may use. It is they that decide by which kind
     * an id is used: were each kind looked for by itself, a folder's user and password would stand in for a secret text
     * of Jenkins that has the same id.
     */
    StandardCredentials any(String id) {
        StandardCredentials found = controllerFirst
                ? CredentialsProvider.findCredentialByIdInItemGroup(
                        id, StandardCredentials.class, Jenkins.get(), ACL.SYSTEM2, List.of())
                : null;
        if (found == null) {
            found = CredentialsProvider.findCredentialById(id, StandardCredentials.class, run);
        }
        if (found != null) {
            CredentialsProvider.track(run, found);
        }
        return found;
    }

    @Override
    public Optional<Login> find(String id) {
        StandardCredentials found = any(id);
        if (found instanceof StandardUsernamePasswordCredentials user) {
            if (user.isUsernameSecret()) {
                remember(user.getUsername());
            }
            return Optional.of(new Login(user.getUsername(), remember(user.getPassword().getPlainText())));
        }
        return found instanceof StringCredentials text
                ? Optional.of(new Login(null, remember(text.getSecret().getPlainText())))
                : Optional.empty();
    }

    /** Certificate credentials, or a secret text with PEM text. */
    @Override
    public ClientIdentity certificate(String parameter, String id) throws DeliveryException {
        if (!(any(id) instanceof StandardCertificateCredentials certificate)) {
            return Secrets.super.certificate(parameter, id);
        }
        remember(certificate.getPassword().getPlainText());
        ClientCertificate.Pem pem = ClientCertificate.pem(parameter, id, certificate);
        known.learn(pem.key());
        return new ClientIdentity(remember(pem.certificates() + pem.key().reveal()), null);
    }

    /**
     * The text of a secret file.
     *
     * @param parameter the parameter that names the id, for the error
     */
    public SecretText file(String parameter, String id) throws DeliveryException {
        if (id == null) {
            throw DeliveryException.invalid(parameter, "no credentialsId is given", "Give the id of credentials of the kind 'Secret file'.");
        }
        if (!(any(id) instanceof FileCredentials file)) {
            throw DeliveryException.invalid(
                    parameter, "there is no secret file with the id '" + id + "' that this build may use",
                    "Create credentials of the kind 'Secret file', or correct the id.");
        }
        try (InputStream in = file.getContent()) {
            byte[] content = in.readNBytes(LARGEST_FILE + 1);
            if (content.length > LARGEST_FILE) {
                throw DeliveryException.invalid(parameter, "the secret file '" + id + "' has more than 1 MiB", "Use the right file.");
            }
            return SecretText.of(new String(content, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw DeliveryException.failed(parameter, "could not read the secret file '" + id + "' (" + e.getMessage() + ")", "Upload it again.", e);
        }
    }

    /** All secrets that the run has used so far. */
    public KnownSecrets known() {
        return known;
    }

    /** The text with every secret replaced that was given out so far. */
    public String mask(String text) {
        return known.mask(text);
    }

    /** A secret that is masked from now on. */
    SecretText remember(String value) {
        SecretText secret = SecretText.of(value);
        known.learn(secret);
        return secret;
    }
}
