package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to speak to a registry.
 *
 * @param parameter the parameter of the step that named the registry, for error texts
 * @param login user name with password, or bare token, or null for anonymous access
 * @param insecure whether plain HTTP and unverified TLS are allowed although the registry is not on loopback; never for
 *     other hosts that it names, such as its token service
 * @param clock time for back-off and token expiry
 * @param deadline the end of the step
 * @param stall how long nothing may move on a connection before it is given up and tried again; positive
 * @param attempts how often a request is tried in all, from 1
 * @param warnings takes a line for each retry
 * @param known learns the tokens that the registry gives out
 * @param hosts which hosts may be sent requests
 * @param names finds their addresses
 */
public record RegistrySettings(
        String parameter,
        Login login,
        boolean insecure,
        Clock clock,
        Deadline deadline,
        Duration stall,
        int attempts,
        Consumer<String> warnings,
        KnownSecrets known,
        HostRules hosts,
        NameLookup names) {
    public static final Duration DEFAULT_STALL = Duration.ofSeconds(90);
    public static final int DEFAULT_ATTEMPTS = 6;

    public RegistrySettings {
        Objects.requireNonNull(parameter);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(deadline);
        Objects.requireNonNull(stall);
        Objects.requireNonNull(warnings);
        Objects.requireNonNull(known);
        Objects.requireNonNull(hosts);
        Objects.requireNonNull(names);
    }

    /** Anonymous access with every default. */
    public static RegistrySettings of(String parameter, Clock clock, Deadline deadline) {
        return new RegistrySettings(parameter, null, false, clock, deadline, DEFAULT_STALL, DEFAULT_ATTEMPTS, line -> {}, new KnownSecrets(),
                HostRules.standard(), NameLookup.by(null));
    }

    /** The same with a login; null for none. */
    public RegistrySettings withLogin(Login newLogin) {
        return new RegistrySettings(parameter, newLogin, insecure, clock, deadline, stall, attempts, warnings, known, hosts, names);
    }

    /** The same for registries that have no proper TLS. */
    public RegistrySettings withInsecure(boolean newInsecure) {
        return new RegistrySettings(parameter, login, newInsecure, clock, deadline, stall, attempts, warnings, known, hosts, names);
    }

    /** The same with a place for warnings. */
    public RegistrySettings withWarnings(Consumer<String> newWarnings) {
        return new RegistrySettings(parameter, login, insecure, clock, deadline, stall, attempts, newWarnings, known, hosts, names);
    }

    /** The same with a run's secrets, and with the hosts that it may send requests to. */
    public RegistrySettings withRun(KnownSecrets newKnown, HostRules newHosts) {
        return new RegistrySettings(parameter, login, insecure, clock, deadline, stall, attempts, warnings, newKnown, newHosts, names);
    }

    /** The same with another patience. */
    public RegistrySettings withPatience(Duration newStall, int newAttempts) {
        return new RegistrySettings(parameter, login, insecure, clock, deadline, newStall, newAttempts, warnings, known, hosts, names);
    }

    /** The same with others who find the hosts' addresses. */
    public RegistrySettings withNames(NameLookup newNames) {
        return new RegistrySettings(parameter, login, insecure, clock, deadline, stall, attempts, warnings, known, hosts, newNames);
    }
}
