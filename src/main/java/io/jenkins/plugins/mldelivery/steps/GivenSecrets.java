package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.ClientIdentity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The secrets that a request names, and no others, on their way over the channel to the agent that sends its requests. */
final class GivenSecrets implements Secrets, Serializable {
    private static final long serialVersionUID = 1L;

    private final Map<String, Login> logins = new HashMap<>();
    private final Map<String, ClientIdentity> certificates = new HashMap<>();

    /**
     * Those that a request asks for.
     *
     * @throws DeliveryException when one of them is missing or of the wrong kind, by the parameter's name
     */
    static GivenSecrets of(VerifyMetricsRequest request, Secrets source) throws DeliveryException {
        GivenSecrets given = new GivenSecrets();
        request.checkAccess(new Secrets() {
            @Override
            public Optional<Login> find(String id) {
                Optional<Login> login = source.find(id);
                login.ifPresent(found -> given.logins.put(id, found));
                return login;
            }

            @Override
            public ClientIdentity certificate(String parameter, String id) throws DeliveryException {
                ClientIdentity identity = source.certificate(parameter, id);
                given.certificates.put(id, identity);
                return identity;
            }
        });
        return given;
    }

    @Override
    public Optional<Login> find(String id) {
        return Optional.ofNullable(logins.get(id));
    }

    @Override
    public ClientIdentity certificate(String parameter, String id) throws DeliveryException {
        ClientIdentity identity = certificates.get(id);
        return identity == null ? Secrets.super.certificate(parameter, id) : identity;
    }
}
