package io.jenkins.plugins.mldelivery.playground;

import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The logins of one playground, which end with it. As {@link Secrets} they have the ids that the variables of {@code playground.env} stand for.
 *
 * @param token bearer token of the API server, with the id {@value #TOKEN_ID}
 * @param registry user name and password of the registry, with the id {@value #REGISTRY_ID}
 */
public record Logins(SecretText token, Login registry) implements Secrets {
    /** The id of the API server's token. */
    public static final String TOKEN_ID = "playground";

    /** The id of the registry's login. */
    public static final String REGISTRY_ID = "playground-registry";

    private static final String REGISTRY_USER = "playground";
    private static final int SECRET_BYTES = 32;

    /** Logins that nobody can guess. */
    public static Logins random() {
        SecureRandom random = new SecureRandom();
        return new Logins(secret(random), new Login(REGISTRY_USER, secret(random)));
    }

    private static SecretText secret(SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return SecretText.of(HexFormat.of().formatHex(secret));
    }

    @Override
    public Optional<Login> find(String id) {
        return switch (id) {
            case TOKEN_ID -> Optional.of(new Login(null, token));
            case REGISTRY_ID -> Optional.of(registry);
            default -> Optional.empty();
        };
    }
}
