package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.util.Objects;

/**
 * What a source of metrics needs of the world around it.
 *
 * @param secrets finds the credentials that an access names
 * @param known learns what of them is sent, in each form, and masks what servers say
 * @param hosts which servers may be asked
 * @param clock the time of this machine, for retries and tokens
 * @param notes takes what is odd about the metrics
 * @param shared what all looks of the process share
 */
public record SourceContext(Secrets secrets, KnownSecrets known, HostRules hosts, Clock clock, SourceNotes notes, SharedReads shared) {
    public SourceContext {
        Objects.requireNonNull(secrets);
        Objects.requireNonNull(known);
        Objects.requireNonNull(hosts);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(notes);
        Objects.requireNonNull(shared);
    }

    /** That of a step. */
    public static SourceContext of(Environment environment, SourceNotes notes, SharedReads shared) {
        return new SourceContext(environment.secrets(), environment.known(), environment.hosts(), environment.clock(), notes, shared);
    }

    /** With secrets alone, for a source that is only made to see whether it can be. */
    public static SourceContext of(Secrets secrets) {
        return new SourceContext(secrets, new KnownSecrets(), HostRules.standard(), Clock.system(), SourceNotes.none(), new SharedReads());
    }

    /** The same with another clock. */
    public SourceContext with(Clock other) {
        return new SourceContext(secrets, known, hosts, other, notes, shared);
    }
}
