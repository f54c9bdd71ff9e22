package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * The lease on a model (coordination.k8s.io/v1), so that two rollouts can't fight over it. Taking and renewing it
 * compares the resource version, so of two that try at once one wins. A lease that was not renewed within its duration
 * is free.
 *
 * <p>Whoever may write Leases in the namespace writes what they like into it. So nothing of it is taken for granted,
 * and no lease blocks a model for ever: it is honoured for {@link #MAX_HONOURED} at most after each renewal, and a
 * renewal that lies in the future counts from when it was first seen.
 */
final class ModelLease {
    private static final int DURATION_SECONDS = 60;
    /** How long somebody else's lease is honoured at most after it was renewed: ten times our own duration. */
    static final Duration MAX_HONOURED = Duration.ofSeconds(10L * DURATION_SECONDS);

    private static final Duration RENEW_AFTER = Duration.ofSeconds(15);
    /** Clocks may differ by so much before it is worth a warning. */
    private static final Duration SKEW = Duration.ofSeconds(DURATION_SECONDS);
    private static final int MAX_NAME = 200;

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String holder;
    /** As last read or written; null when there was none. */
    private Lease last;
    private boolean known;
    /** A renewal that lies in the future, and since when it is known. */
    private String early;
    private Instant earlySince;

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

    private static LeaseSpec spec(Lease lease) {
        return lease == null || lease.getSpec() == null ? new LeaseSpec() : lease.getSpec();
    }

    /** Whether this rollout holds it. */
    boolean held(Lease lease) {
        return holder.equals(spec(lease).getHolderIdentity());
    }

    /** Who else holds it now, for people to read, or null. */
    String otherHolder(Lease lease, Instant now) {
        String other = spec(lease).getHolderIdentity();
        if (other == null || other.isBlank() || held(lease)) {
            return null;
        }
        ZonedDateTime renewed = spec(lease).getRenewTime();
        boolean expired = renewed == null
                || counted(spec(lease), renewed.toInstant(), now).plus(honoured(lease)).isBefore(now);
        return expired ? null : printable(other);
    }

    /** From when its duration counts: its renewal, or when a renewal that lies in the future was first seen. */
    private Instant counted(LeaseSpec spec, Instant renewed, Instant now) {
        if (!renewed.isAfter(now)) {
            return early != null && early.equals(key(spec)) ? earlier(renewed, earlySince) : renewed;
        }
        String key = key(spec);
        if (!key.equals(early)) {
            early = key;
            earlySince = now;
        }
        return earlySince;
    }

    private static String key(LeaseSpec spec) {
        return spec.getRenewTime() + " " + spec.getHolderIdentity();
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Duration honoured(Lease lease) {
        Integer seconds = spec(lease).getLeaseDurationSeconds();
        return seconds == null || seconds <= 0
                ? Duration.ofSeconds(DURATION_SECONDS)
                : Duration.ofSeconds(Math.min(seconds, MAX_HONOURED.toSeconds()));
    }

    /** What is wrong with somebody else's lease, for the log; null when it is an ordinary one or nobody's. */
    String warning(Lease lease, Instant now) {
        String other = otherHolder(lease, now);
        if (other == null) {
            return null;
        }
        Integer seconds = spec(lease).getLeaseDurationSeconds();
        Instant renewed = spec(lease).getRenewTime().toInstant();
        boolean tooLong = seconds != null && seconds > MAX_HONOURED.toSeconds();
        if (!tooLong && !renewed.isAfter(now.plus(SKEW))) {
            return null;
        }
        return "the lease of " + name + " is held by " + other + " with a duration of " + seconds + " s since "
                + renewed + ", and is honoured for at most " + MAX_HONOURED.toMinutes() + " min after each renewal";
    }

    private static String printable(String text) {
        String line = Printable.line(text);
        return line.length() <= MAX_NAME ? line : line.substring(0, MAX_NAME) + "…";
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
        if (held(lease) && isRecent(spec(lease).getRenewTime(), now)) {
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
                .withAcquireTime(held(lease) ? spec(lease).getAcquireTime() : time)
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

    /** Whether our own renewal need not be repeated yet. One that lies in the future was not made by this clock. */
    private static boolean isRecent(ZonedDateTime renewed, Instant now) {
        return renewed != null
                && !renewed.toInstant().isAfter(now)
                && renewed.toInstant().plus(RENEW_AFTER).isAfter(now);
    }

    /** Gives it back if this rollout holds it, and nobody has taken it meanwhile. */
    void release() {
        Lease lease = read();
        if (!held(lease)) {
            return;
        }
        try {
            client.leases().inNamespace(namespace).resource(lease)
                    .lockResourceVersion(lease.getMetadata().getResourceVersion()).delete();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /** The count of an API server is never negative. */
    private int transitions(Lease lease) {
        Integer noted = spec(lease).getLeaseTransitions();
        int before = noted == null || noted < 0 ? 0 : noted;
        return lease == null || held(lease) || before == Integer.MAX_VALUE ? before : before + 1;
    }
}
