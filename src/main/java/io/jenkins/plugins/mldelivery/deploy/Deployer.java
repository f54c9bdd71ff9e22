package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.util.Objects;

/**
 * Who rolls out, and who judges.
 *
 * @param holder the name in the model's Lease and in annotations, for people to read: the same for the same rollout,
 *     whenever it goes on, and different for every other one that may use the cluster, on this machine or elsewhere
 * @param configKey for the hash of what pods read from ConfigMaps and Secrets, and for that of the request; its key is
 *     kept outside the cluster
 * @param judge the {@linkplain io.jenkins.plugins.mldelivery.delivery.CanonicalText text} of what the steps are judged
 *     by, so that a rollout is not gone on with under other checks; empty where they are not a part of what is asked
 *     for, such as the body of a Jenkins step, which a step keeps as long as it lives
 */
public record Deployer(String holder, KeyedHash configKey, String judge) {
    public Deployer {
        Objects.requireNonNull(holder);
        Objects.requireNonNull(configKey);
        Objects.requireNonNull(judge);
    }

    /** With no judge of its own. */
    public Deployer(String holder, KeyedHash configKey) {
        this(holder, configKey, "");
    }
}
