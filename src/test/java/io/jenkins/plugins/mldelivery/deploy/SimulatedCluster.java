package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A cluster in virtual time that obeys the actions of the state machine: Deployments with rolling updates (one pod more, none less), pods that need a random time to get ready or never do, a
 * controller that sees new specs late, deletions that take a while, and a lease that runs out.
 */
final class SimulatedCluster {
    private static final long LEASE_MILLIS = 60_000;
    private static final long STEP_MILLIS = 250;
    private static final String EDITED = "+edited";

    private final Random random;
    private final Duration progressDeadline;
    private final Set<String> bad = new HashSet<>();
    private final List<Deployed> deployments = new ArrayList<>(List.of(new Deployed(), new Deployed()));
    private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private String holder;
    private long renewed;
    private String previous;
    private boolean scaledBySomebody;
    private boolean steady;
    private boolean routes;
    private TrafficSplit asked = TrafficSplit.STABLE_ONLY;
    private TrafficSplit inForce = TrafficSplit.STABLE_ONLY;
    private long confirmedAt;
    private boolean silent;
    /** What the model's Service selects: null for both tracks. */
    private String selector;
    /** Whether no apply changes that, as with a webhook or a tool that puts it back. */
    private boolean stuckSelector;

    /** One Deployment; there is none while <code>revision</code> is null. */
    private static final class Deployed {
        /** What it runs; with {@link #EDITED} behind it what somebody has made of it. */
        private String revision;
        /** What the engine has noted on it. */
        private String noted;
        /** Counted up with every change of the template. */
        private int templates;
        private int wanted;
        private boolean inPlace;
        private boolean unjudged;
        /** Whether it was whole since its spec was changed last: then it never exceeds its progress deadline again. */
        private boolean whole;
        private long seenAt;
        private long progress;
        private long goneAt = Long.MAX_VALUE;
        private List<Pod> pods = new ArrayList<>();
    }

    private record Pod(String revision, long readyAt) {
        boolean ready(long now) {
            return readyAt <= now;
        }
    }

    SimulatedCluster(Random random, Duration progressDeadline) {
        this.random = random;
        this.progressDeadline = progressDeadline;
    }

    /** From now on whoever routes says nothing of what is asked for. */
    void fallSilent() {
        silent = true;
    }

    /** Pods of this revision never get ready. */
    void breakRevision(String revision) {
        bad.add(revision);
    }

    /** Puts a Deployment there with all its pods ready. */
    void deployed(boolean canary, String revision, int replicas) {
        Deployed d = new Deployed();
        d.revision = revision;
        d.noted = revision;
        d.wanted = replicas;
        for (int i = 0; i < replicas; i++) {
            d.pods.add(new Pod(revision, bad.contains(revision) ? Long.MAX_VALUE : now));
        }
        d.progress = now;
        deployments.set(canary ? 1 : 0, d);
    }

    /** All pods of a track stop being ready for a while. */
    void crash(boolean canary, Duration downtime) {
        of(canary).pods.replaceAll(pod -> new Pod(pod.revision(), now + downtime.toMillis()));
    }

    /** Somebody else changes a track's pod template, or takes the change back; the engine's note on it stays. */
    void edit(boolean canary) {
        Deployed d = of(canary);
        if (d.revision == null || d.goneAt != Long.MAX_VALUE || !d.noted.equals(currentRevision)) {
            return;
        }
        boolean edited = d.revision.endsWith(EDITED);
        template(d, edited ? d.revision.substring(0, d.revision.length() - EDITED.length()) : d.revision + EDITED);
        d.seenAt = now + random.nextInt(600);
    }

    private static void template(Deployed d, String revision) {
        d.templates += revision.equals(d.revision) ? 0 : 1;
        d.revision = revision;
    }

    /** Somebody else sets the stable track's replicas from now on. */
    SimulatedCluster scaledBySomebody() {
        scaledBySomebody = true;
        return this;
    }

    /** Likewise, but always the same number. */
    SimulatedCluster scaledSteadily() {
        scaledBySomebody = true;
        steady = true;
        return this;
    }

    /** A router divides the traffic; it needs a while for every change. */
    SimulatedCluster routes() {
        routes = true;
        selector = "stable";
        return this;
    }

    /** The split that requests really follow. */
    TrafficSplit inForce() {
        return inForce;
    }

    Instant now() {
        return Instant.ofEpochMilli(now);
    }

    String revision(boolean canary) {
        return of(canary).revision;
    }

    /** What the stable version goes back to when what it runs is no good: what it runs, or before that is judged, what it ran before. */
    String judged() {
        return of(false).unjudged ? previous : revision(false);
    }

    int wanted(boolean canary) {
        return of(canary).wanted;
    }

    int pods(boolean canary) {
        return of(canary).pods.size();
    }

    int ready(boolean canary) {
        Deployed d = of(canary);
        return (int) d.pods.stream().filter(p -> p.ready(now)).count();
    }

    /** Another one takes the lease if it is free or has run out. */
    void takeLease(String who) {
        if (free(who)) {
            holder = who;
            renewed = now;
        }
    }

    void pass(Duration time) {
        long end = now + time.toMillis();
        while (now < end) {
            now = Math.min(end, now + STEP_MILLIS);
            scale();
            deployments.forEach(this::settle);
            settleRouter();
        }
    }

    Observation observe(String me, Gate.Answer answer, String abort) {
        deployments.forEach(this::settle);
        settleRouter();
        boolean held = me.equals(holder);
        return new Observation(
                now(), held, held || free(me) ? null : holder, status(of(false)), status(of(true)),
                routes ? new TrafficStatus(asked, confirmedAt <= now, null) : TrafficStatus.stableOnly(), reach(), answer,
                abort, List.of());
    }

    /** With a router a Service of its own leads to the canary, whatever the main one selects. */
    private Reach reach() {
        boolean stable = !"canary".equals(selector);
        boolean canary = routes ? !"canary".equals(selector) : !"stable".equals(selector);
        boolean needed = !routes && of(true).revision != null;
        String problem = !stable && of(false).revision != null ? "the Service does not select the stable version"
                : needed && !canary ? "the Service does not select the canary" : null;
        boolean mixed = routes && selector == null && of(true).revision != null;
        return new Reach(mixed ? "the Service selects both" : problem, stable ? ready(false) : 0, canary ? ready(true) : 0, 0);
    }

    /** The canary's share of the requests, in percent, as they really go. */
    double share() {
        return routes ? inForce.weight() : reach().share();
    }

    /** The Service selects this track, or both (null), whatever is applied. */
    SimulatedCluster selectorStays(String track) {
        selector = track;
        stuckSelector = true;
        return this;
    }

    /** The next rollout has another kind of traffic, or the same. */
    void routes(boolean another) {
        routes = another;
    }

    /** Somebody else makes the Service select this track, or both. */
    void select(String track) {
        selector = track;
    }

    /** @return whether it was done */
    boolean act(Action action, String me) {
        if (action instanceof Action.HoldLease) {
            takeLease(me);
        } else if (action instanceof Action.TakeLease) {
            holder = me;
            renewed = now;
        } else if (action instanceof Action.ReleaseLease) {
            holder = me.equals(holder) ? null : holder;
        } else if (action instanceof Action.ApplyObjects) {
            selector = stuckSelector ? selector : routes ? "stable" : null;
        } else if (action instanceof Action.ApplyCanary a) {
            apply(of(true), currentRevision, a.replicas(), true);
        } else if (action instanceof Action.ScaleStable a) {
            if (scaledBySomebody) {
                throw new AssertionError("fights with whoever scales the stable version");
            }
            scale(of(false), of(false).revision, a.replicas(), of(false).inPlace);
        } else if (action instanceof Action.PromoteStable a) {
            if (a.canary() != null && of(false).revision != null && !currentRevision.equals(of(false).noted) && !isJudged(a.canary())) {
                return false; // What the server is asked to do has a condition.
            }
            if (of(false).revision != null && !currentRevision.equals(of(false).noted)) {
                previous = of(false).noted;
                of(false).unjudged = !a.judged();
            } else if (a.judged()) {
                of(false).unjudged = false;
            }
            apply(of(false), currentRevision, count(a.replicas()), a.inPlace());
        } else if (action instanceof Action.RestoreStable a) {
            if (!a.revision().equals(of(false).noted) && !a.revision().equals(previous)) {
                throw new AssertionError("the revision to restore, " + a.revision() + ", was not kept; kept is " + previous);
            }
            of(false).unjudged = a.revision().equals(of(false).noted) && of(false).unjudged;
            apply(of(false), a.revision(), count(a.replicas()), a.inPlace());
        } else if (action instanceof Action.NoteEdit) {
            of(false).noted = edited(of(false)) ? of(false).revision : of(false).noted;
        } else if (action instanceof Action.ApproveStable) {
            of(false).unjudged = of(false).unjudged && !currentRevision.equals(of(false).revision);
        } else if (action instanceof Action.DeleteCanary) {
            delete(of(true));
        } else if (action instanceof Action.DeleteStable) {
            delete(of(false));
        } else if (action instanceof Action.Route a) {
            if (!routes) {
                throw new AssertionError("there is no router");
            }
            if (!a.split().equals(asked)) {
                asked = a.split();
                confirmedAt = silent ? Long.MAX_VALUE : now + random.nextInt(3000);
            }
        }
        deployments.forEach(this::settle);
        return true;
    }

    private boolean isJudged(String template) {
        Deployed canary = of(true);
        return currentRevision.equals(canary.revision) && canary.goneAt == Long.MAX_VALUE && template.equals(template(canary));
    }

    private boolean edited(Deployed d) {
        return currentRevision != null && currentRevision.equals(d.noted) && !d.noted.equals(d.revision);
    }

    private static String template(Deployed d) {
        return "template " + d.templates;
    }

    private String currentRevision;

    /** What the rollout that acts now rolls out. */
    void rollsOut(String revision) {
        currentRevision = revision;
    }

    private int count(Integer replicas) {
        if (replicas != null && scaledBySomebody && of(false).revision != null) {
            throw new AssertionError("fights with whoever scales the stable version");
        }
        return replicas != null ? replicas : of(false).wanted;
    }

    private void settleRouter() {
        if (confirmedAt <= now) {
            inForce = asked;
        }
    }

    /** Now and then, whoever scales the stable version wants a pod more or less. */
    private void scale() {
        Deployed d = of(false);
        if (scaledBySomebody && !steady && d.revision != null && d.goneAt == Long.MAX_VALUE && random.nextInt(200) == 0) {
            d.wanted = Math.max(1, d.wanted + random.nextInt(3) - 1);
            d.progress = now;
        }
    }

    private Deployed of(boolean canary) {
        return deployments.get(canary ? 1 : 0);
    }

    private boolean free(String who) {
        return holder == null || holder.equals(who) || renewed + LEASE_MILLIS < now;
    }

    private void apply(Deployed d, String revision, int replicas, boolean inPlace) {
        scale(d, revision, replicas, inPlace);
        d.noted = d.goneAt == Long.MAX_VALUE ? revision : d.noted;
    }

    private void scale(Deployed d, String revision, int replicas, boolean inPlace) {
        if (revision == null) {
            throw new AssertionError("scales a Deployment that is not there");
        }
        d.inPlace = inPlace;
        if (revision.equals(d.revision) && d.wanted == replicas || d.goneAt != Long.MAX_VALUE) {
            return;
        }
        template(d, revision);
        d.wanted = replicas;
        d.whole = false;
        d.seenAt = now + random.nextInt(600);
        d.progress = d.seenAt;
    }

    private void delete(Deployed d) {
        if (d.revision != null && d.goneAt == Long.MAX_VALUE) {
            d.goneAt = now + random.nextInt(2000);
            d.pods.clear();
        }
    }

    private void settle(Deployed d) {
        if (d.goneAt <= now) {
            d.revision = null;
            d.wanted = 0;
            d.goneAt = Long.MAX_VALUE;
            d.pods.clear();
        }
        if (d.revision == null || d.seenAt > now || d.goneAt != Long.MAX_VALUE) {
            return;
        }
        int before = d.pods.size();
        long updated = count(d);
        if (d.inPlace && d.pods.size() >= d.wanted && count(d) < d.wanted && ready(d) >= d.wanted) {
            // One pod may be missing: an old one goes, a new one comes in its place.
            remove(d, false);
        }
        while (d.pods.size() < d.wanted + (d.inPlace ? 0 : 1) && count(d) < d.wanted) {
            d.pods.add(new Pod(d.revision, bad.contains(d.revision) ? Long.MAX_VALUE : now + 200 + random.nextInt(6000)));
        }
        while (count(d) > d.wanted) {
            remove(d, true);
        }
        while (d.inPlace && d.pods.size() > d.wanted && count(d) < d.pods.size()) {
            remove(d, false);
        }
        List<Pod> old = new ArrayList<>(d.pods.stream().filter(p -> !p.revision().equals(d.revision)).toList());
        old.sort((a, b) -> Boolean.compare(a.ready(now), b.ready(now)));
        for (Pod pod : old) {
            if (!pod.ready(now) || ready(d) > d.wanted) {
                d.pods.remove(pod);
            }
        }
        if (before != d.pods.size() || updated != count(d)) {
            d.progress = now;
        }
    }

    private void remove(Deployed d, boolean current) {
        Pod pod = d.pods.stream()
                .filter(p -> p.revision().equals(d.revision) == current)
                .min((a, b) -> Long.compare(b.readyAt(), a.readyAt()))
                .orElseThrow();
        d.pods.remove(pod);
    }

    private static long count(Deployed d) {
        return d.pods.stream().filter(p -> p.revision().equals(d.revision)).count();
    }

    private long ready(Deployed d) {
        return d.pods.stream().filter(p -> p.ready(now)).count();
    }

    private TrackStatus status(Deployed d) {
        if (d.revision == null) {
            return TrackStatus.absent();
        }
        boolean seen = d.seenAt <= now && d.goneAt == Long.MAX_VALUE;
        long ready = d.pods.stream().filter(p -> p.ready(now)).count();
        boolean complete = count(d) == d.wanted && d.pods.size() == d.wanted && ready == d.wanted;
        d.whole |= seen && complete;
        boolean stuck = seen && !complete && !d.whole && now - d.progress >= progressDeadline.toMillis();
        boolean scaled = scaledBySomebody && d == of(false);
        return new TrackStatus(
                true, d.noted.equals(currentRevision) ? d.revision : d.noted, edited(d), template(d), d.wanted, d.pods.size(), (int) ready, seen ? (int) count(d) : 0, seen && complete, stuck, false, scaled, d.unjudged ? previous : null, complete ? null : "pods are not ready");
    }
}
