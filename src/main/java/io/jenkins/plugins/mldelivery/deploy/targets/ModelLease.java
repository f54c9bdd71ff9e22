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
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * The lease on a model (coordination.k8s.io/v1), so that two rollouts can't fight over it. Taking and renewing it
 * compares the resource version, so of two that try at once one wins. A lease that was not renewed within its duration
 * is free.
 *
 * <p>The clock of whoever renews it need not go as this one does. So, as with client-go, its duration counts from when
 * a renewal was first seen here; only one that is older than any clock should be wrong is free at first sight.
 *
 * <p>Whoever may write Leases in the namespace writes what they like into it. So nothing of it is taken for granted,
 * and no lease blocks a model for ever: it is honoured for {@link #MAX_HONOURED} at most after each renewal.
 */
final class ModelLease {
    private static final int DURATION_SECONDS = 60;
    /** How long somebody else's lease is honoured at most after it was renewed: ten times our own duration. */
    static final Duration MAX_HONOURED = Duration.ofSeconds(10L * DURATION_SECONDS);

    /** By how much the clocks of two controllers may differ, without one taking the other's lease. */
    static final Duration TOLERATED_SKEW = Duration.ofMinutes(5);
    /** For how long what was read or written last is acted upon without another look: well within its duration. */
    static final Duration FRESH = Duration.ofSeconds(10);

    private static final Duration RENEW_AFTER = Duration.ofSeconds(15);
    /** Clocks may differ by so much before it is worth a warning. */
    private static final Duration SKEW = Duration.ofSeconds(DURATION_SECONDS);
    private static final int MAX_NAME = 200;

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String holder;
    private final InstantSource clock;
    /** As last read or written; null when there was none. */
    private Lease last;
    private boolean known;
    /** Before it was read or written. */
    private Instant lastAsked = Instant.MIN;
    private boolean heldAtLook;
    /** Somebody else's renewal, and when it was first seen. */
    private String renewal;
    private Instant renewalSeen;

    ModelLease(KubernetesClient client, String namespace, String name, String holder) {
        this(client, namespace, name, holder, InstantSource.system());
    }

    /** @param clock tells how old is what is known of it */
    ModelLease(KubernetesClient client, String namespace, String name, String holder, InstantSource clock) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.holder = holder;
        this.clock = clock;
    }

    /** Looks at it, for a decision. */
    Lease read() {
        Lease lease = get();
        heldAtLook = held(lease);
        return lease;
    }

    private Lease get() {
        Instant asked = clock.instant();
        return seen(client.leases().inNamespace(namespace).withName(name).get(), asked);
    }

    private Lease seen(Lease lease, Instant asked) {
        last = lease;
        lastAsked = asked;
        known = true;
        return lease;
    }

    /**
     * Whether what was decided may still be done: nobody else has taken it since it was looked at, which happens to a
     * process that was stopped for a while between the decision and its actions.
     */
    boolean mayAct(Instant now) {
        Duration age = known ? Duration.between(lastAsked, clock.instant()) : null;
        Lease lease = age == null || age.isNegative() || age.compareTo(FRESH) > 0 ? get() : last;
        return held(lease) || !heldAtLook && otherHolder(lease, now) == null;
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
        boolean expired = renewed == null || hasEnded(spec(lease), renewed.toInstant(), honoured(lease), now);
        return expired ? null : printable(other);
    }

    private boolean hasEnded(LeaseSpec spec, Instant renewed, Duration honoured, Instant now) {
        String key = spec.getRenewTime() + " " + spec.getHolderIdentity();
        if (!key.equals(renewal)) {
            renewal = key;
            renewalSeen = now;
        }
        return renewalSeen.plus(honoured).isBefore(now)
                || renewed.plus(honoured).plus(TOLERATED_SKEW).isBefore(now);
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
        Lease lease = known ? last : get();
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
        Instant asked = clock.instant();
        try {
            if (lease == null) {
                seen(client.leases().inNamespace(namespace).resource(next).create(), asked);
            } else {
                seen(client.leases().inNamespace(namespace).resource(next).update(), asked);
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            // Somebody else was quicker; the next look sees who.
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
        Lease lease = get();
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
