package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.ImageDigests;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import io.jenkins.plugins.mldelivery.image.registry.RegistrySettings;
import java.time.Duration;

/**
 * What tags name, as their registries say: over HTTPS, or plain HTTP on loopback. A registry that can't be asked costs
 * at most 10 s, and is no failure: nodes may have the image all the same.
 */
public final class TagDigests implements ImageDigests {
    /** The parameter that names the login. */
    public static final String CREDENTIALS = "registryCredentialsId";
    /** The parameter that a registry's client names when it is the login. */
    private static final String LOGIN_REFUSED = "credentialsId";
    /** For a look, with all its requests. */
    static final Duration TIME = Duration.ofSeconds(10);
    private static final Duration STALL = Duration.ofSeconds(4);
    private static final int ATTEMPTS = 2;

    private final String credentialsId;
    private final Environment environment;
    private final Duration time;

    /** @param credentialsId of the login to the image's registry, or null for none */
    public TagDigests(String credentialsId, Environment environment) {
        this(credentialsId, environment, TIME);
    }

    TagDigests(String credentialsId, Environment environment, Duration time) {
        this.credentialsId = credentialsId;
        this.environment = environment;
        this.time = time;
    }

    /**
     * As the parameters of a rollout ask for them.
     *
     * @param resolveTag whether tags are looked up
     * @param credentialsId of the login to the image's registry, or null for none
     * @return null when they are not looked up
     * @throws DeliveryException when there is a login for no look-up
     */
    public static TagDigests asked(boolean resolveTag, String credentialsId, Environment environment)
            throws DeliveryException {
        if (!resolveTag && credentialsId != null) {
            throw DeliveryException.invalid(
                    CREDENTIALS, "it has no effect, since tags are not looked up", "Leave it out, or leave `resolveTag` on.");
        }
        return resolveTag ? new TagDigests(credentialsId, environment) : null;
    }

    @Override
    public Answer look(ImageReference image) throws DeliveryException, InterruptedException {
        Login login = credentialsId == null ? null : environment.secrets().require(CREDENTIALS, credentialsId);
        Deadline deadline = new Deadline(environment.clock(), time, Durations.format(time));
        RegistrySettings settings = RegistrySettings.of("image", environment.clock(), deadline)
                .withLogin(login)
                .withPatience(STALL, ATTEMPTS)
                .withRun(environment.known(), environment.hosts())
                .withNames(NameLookup.by(environment.resolvers()));
        try (RegistryClient client = new RegistryClient(image.registry(), settings)) {
            return Answer.of(client.digest(image.repository(), image.target()));
        } catch (DeliveryException e) {
            if (login != null && LOGIN_REFUSED.equals(e.parameter())) {
                throw new DeliveryException(e.kind(), CREDENTIALS, e.problem(),
                        "Check these credentials and what they may do in this repository, or leave them out.", e);
            }
            boolean late = e.problem().equals(deadline.exceeded(null).problem());
            return Answer.unknown(late ? "the registry '" + image.registry() + "' did not give it within "
                    + Durations.format(time) : e.problem() + (LOGIN_REFUSED.equals(e.parameter()) ? ", and the rollout has no credentials for it" : ""));
        }
    }
}
