package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.util.Objects;

/**
 * Who rolls out.
 *
 * @param holder the name in the model's Lease and in annotations, for people to read: the same for the same rollout,
 *     whenever it goes on, and different for every other one that may use the cluster, on this machine or elsewhere
 * @param configKey for the hash of what pods read from ConfigMaps and Secrets; its key is kept outside the cluster
 */
public record Deployer(String holder, KeyedHash configKey) {
    public Deployer {
        Objects.requireNonNull(holder);
        Objects.requireNonNull(configKey);
    }
}
