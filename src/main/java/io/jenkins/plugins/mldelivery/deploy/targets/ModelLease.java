package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The lease on a model (coordination.k8s.io/v1), so that two rollouts can't fight over it. Taking and renewing it compares the resource version, so of two that try
 * at once one wins. A lease that was not renewed within its duration is free.
 */
final class ModelLease {
    private static final int DURATION_SECONDS = 60;
    private static final Duration RENEW_AFTER = Duration.ofSeconds(15);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String holder;
    /** As last read or written; null when there was none. */
    private Lease last;
    private boolean known;

    ModelLease(KubernetesClient client, String namespace, String name, String holder) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.holder = holder;
    }

    Lease read() {
        return seen(client.leases().inNamespace(namespace).withName(name).get());
    }

    private Lease seen(Lease lease) {
        last = lease;
        known = true;
        return lease;
    }

    /** Whether this rollout holds it. */
    boolean held(Lease lease) {
        return lease != null && holder.equals(lease.getSpec().getHolderIdentity());
    }

    /** Who else holds it now, or null. */
    String otherHolder(Lease lease, Instant now) {
        if (lease == null || lease.getSpec().getHolderIdentity() == null || lease.getSpec().getHolderIdentity().isEmpty() || held(lease)) {
            return null;
        }
        ZonedDateTime renewed = lease.getSpec().getRenewTime();
        Integer seconds = lease.getSpec().getLeaseDurationSeconds();
        boolean expired = renewed == null
                || renewed.toInstant().plusSeconds(seconds == null ? DURATION_SECONDS : seconds).isBefore(now);
        return expired ? null : lease.getSpec().getHolderIdentity();
    }

    /**
     * Takes or renews it. It goes by what was last read, which does no harm: the write compares the version.
     *
     * @param force whether also when another one holds it
     */
    void hold(Instant now, boolean force) {
        Lease lease = known ? last : read();
        if (otherHolder(lease, now) != null && !force) {
            return;
        }
        if (held(lease) && lease.getSpec().getRenewTime() != null
                && lease.getSpec().getRenewTime().toInstant().plus(RENEW_AFTER).isAfter(now)) {
            return;
        }
        ZonedDateTime time = now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        Lease next = new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withResourceVersion(lease == null ? null : lease.getMetadata().getResourceVersion())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(DURATION_SECONDS)
                .withAcquireTime(held(lease) ? lease.getSpec().getAcquireTime() : time)
                .withRenewTime(time)
                .withLeaseTransitions(transitions(lease))
                .endSpec()
                .build();
        try {
            if (lease == null) {
                seen(client.leases().inNamespace(namespace).resource(next).create());
            } else {
                seen(client.leases().inNamespace(namespace).resource(next).update());
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // Somebody else was quicker; the next observation sees who.
            known = false;
        }
    }

    /** Gives it back if this rollout holds it. */
    void release() {
        Lease lease = read();
        if (held(lease)) {
            client.leases().inNamespace(namespace).resource(lease).delete();
        }
    }

    private int transitions(Lease lease) {
        if (lease == null) {
            return 0;
        }
        int before = lease.getSpec().getLeaseTransitions() == null ? 0 : lease.getSpec().getLeaseTransitions();
        return held(lease) ? before : before + 1;
    }
}
