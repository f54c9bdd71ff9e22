package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What <code>mlVerifyMetrics</code> is asked for. The component names are the parameter names of the Jenkins step and (in kebab case) of the command line.
 *
 * @param checks what to check; all must pass
 * @param prometheus URL of the Prometheus server (a path prefix is kept), or null to scrape the models' own <code>/metrics</code>
 * @param credentialsId id of the Prometheus server's credentials, or null
 * @param access how else that server, or the pages, are reached
 * @param canary PromQL label matchers (without braces) of the canary's series; null inside <code>mlDeployModel</code>, which knows
 * @param stable likewise of the stable version's series
 * @param scrapeCanary URLs of the canary's <code>/metrics</code> pages, when there is no Prometheus; empty inside <code>mlDeployModel</code>, which reaches its pods itself
 * @param scrapeStable likewise of the stable version's
 * @param interval time between looks
 * @param timeout after which a check without a verdict is inconclusive
 * @param onInconclusive <code>fail</code>, <code>pass</code> or <code>unstable</code>
 * @param onPartial what an answer of Prometheus means that lacks what some of its storage has: {@link #ON_PARTIAL_INCONCLUSIVE} or {@link #ON_PARTIAL_ACCEPT}
 * @param podWarmUp from the first request of each pod on, a time whose data does not count, as far as that is known
 */
public record VerifyMetricsRequest(
        List<Check> checks,
        String prometheus,
        String credentialsId,
        PrometheusOptions access,
        String canary,
        String stable,
        List<String> scrapeCanary,
        List<String> scrapeStable,
        String interval,
        String timeout,
        String onInconclusive,
        String onPartial,
        String podWarmUp)
        implements Serializable {
    public static final String DEFAULT_INTERVAL = "15s";
    public static final String DEFAULT_TIMEOUT = "15m";
    /** Least time between two looks where others look too. */
    public static final Duration MIN_SHARED_INTERVAL = Duration.ofSeconds(1);
    public static final String DEFAULT_ON_INCONCLUSIVE = "fail";
    /** It is no evidence. While it lasts, there is no verdict of the checks that need it. */
    public static final String ON_PARTIAL_INCONCLUSIVE = "inconclusive";
    /** It is taken as if it were complete, and the result says so. */
    public static final String ON_PARTIAL_ACCEPT = "accept";
    public static final String DEFAULT_ON_PARTIAL = ON_PARTIAL_INCONCLUSIVE;
    public static final String DEFAULT_POD_WARM_UP = "0s";

    public VerifyMetricsRequest {
        checks = List.copyOf(checks);
        Objects.requireNonNull(access, "access");
        scrapeCanary = List.copyOf(scrapeCanary);
        scrapeStable = List.copyOf(scrapeStable);
        onPartial = onPartial == null ? DEFAULT_ON_PARTIAL : onPartial;
        podWarmUp = podWarmUp == null ? DEFAULT_POD_WARM_UP : podWarmUp;
    }

    /** With the defaults for incomplete answers and for pods that begin. */
    public VerifyMetricsRequest(
            List<Check> checks, String prometheus, String credentialsId, PrometheusOptions access, String canary, String stable, List<String> scrapeCanary, List<String> scrapeStable,
            String interval, String timeout, String onInconclusive) {
        this(checks, prometheus, credentialsId, access, canary, stable, scrapeCanary, scrapeStable, interval, timeout, onInconclusive, DEFAULT_ON_PARTIAL, DEFAULT_POD_WARM_UP);
    }

    /** With the plain way to the metrics. */
    public VerifyMetricsRequest(
            List<Check> checks, String prometheus, String credentialsId, String canary, String stable, List<String> scrapeCanary, List<String> scrapeStable, String interval, String timeout,
            String onInconclusive) {
        this(checks, prometheus, credentialsId, PrometheusOptions.defaults(), canary, stable, scrapeCanary, scrapeStable, interval, timeout, onInconclusive);
    }

    /** A request with every default and these checks. */
    public static VerifyMetricsRequest of(List<Check> checks) {
        return new VerifyMetricsRequest(
                checks, null, null, null, null, List.of(), List.of(), DEFAULT_INTERVAL, DEFAULT_TIMEOUT,
                DEFAULT_ON_INCONCLUSIVE);
    }

    /**
     * Checks that the request can be answered where there is no stable version beside the new one, as in a rolling update.
     *
     * @throws DeliveryException when one of the checks compares the two
     */
    public void checkAlone() throws DeliveryException {
        VerifyMetricsChecks.alone(this);
    }

    /**
     * The same where the new version has taken the place of one that served nobody: its series are those that the stable
     * version would have, an errorRate is judged by its <code>acceptable</code> alone, and every other check that compares
     * is left out. There may be no check left.
     */
    public VerifyMetricsRequest alone() {
        return new VerifyMetricsRequest(
                checks.stream().map(VerifyMetricsChecks::alone).filter(Objects::nonNull).toList(), prometheus, credentialsId, access, stable, null,
                scrapeStable, scrapeStable, interval, timeout, onInconclusive, onPartial, podWarmUp);
    }

    /** What {@link #alone} leaves out and why, in words; empty when it leaves nothing out. */
    public String leftOutAlone() {
        String names = checks.stream().filter(check -> VerifyMetricsChecks.alone(check) == null).map(Check::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : names + " left out: the version before had no ready pod to compare with";
    }

    /** Why there is no verdict where {@link #alone} leaves nothing, with the remedy. */
    public String unjudgedAlone() {
        return leftOutAlone() + ", and no other check judges the new version by its own values. Give an errorRate with an acceptable "
                + "rate, a threshold or an expression";
    }

    /**
     * Checks how the metrics are reached, and that the credentials for it are there, so that a rollout does not begin whose gate can't see. Nothing remote is done.
     *
     * @throws DeliveryException when something of it is wrong, by the parameter's name
     */
    public void checkAccess(Secrets secrets) throws DeliveryException {
        AccessChecks.check(this, secrets);
    }

    /**
     * Checks every parameter; no credentials are looked up, and nothing remote is done.
     *
     * @throws DeliveryException when one is wrong, by its name
     */
    public void check() throws DeliveryException {
        VerifyMetricsChecks.check(this);
        AccessChecks.check(this);
    }

    /**
     * Checks that a process in which others look too has time for them between two looks: it keeps the evidence on disk
     * after each.
     *
     * @throws DeliveryException when <code>interval</code> is less than {@link #MIN_SHARED_INTERVAL}
     */
    public void checkShared() throws DeliveryException {
        if (Durations.parse("interval", interval).compareTo(MIN_SHARED_INTERVAL) < 0) {
            throw DeliveryException.invalid(
                    "interval", "it is " + interval + ", and in Jenkins it must be at least " + Durations.format(MIN_SHARED_INTERVAL),
                    "Give the time between two looks, such as 15s.");
        }
    }

    /** The same with another time-out. */
    public VerifyMetricsRequest withTimeout(String other) {
        return new VerifyMetricsRequest(checks, prometheus, credentialsId, access, canary, stable, scrapeCanary, scrapeStable, interval, other, onInconclusive, onPartial, podWarmUp);
    }

    /** The same with another meaning of incomplete answers. */
    public VerifyMetricsRequest withOnPartial(String other) {
        return new VerifyMetricsRequest(checks, prometheus, credentialsId, access, canary, stable, scrapeCanary, scrapeStable, interval, timeout, onInconclusive, other, podWarmUp);
    }

    /** The same with another warm-up of each pod. */
    public VerifyMetricsRequest withPodWarmUp(String other) {
        return new VerifyMetricsRequest(checks, prometheus, credentialsId, access, canary, stable, scrapeCanary, scrapeStable, interval, timeout, onInconclusive, onPartial, other);
    }

    /** The label matchers of a track's series, or null. */
    public String selector(Track track) {
        return track == Track.CANARY ? canary : stable;
    }

    /** This request inside a rollout: selectors that it leaves out are the rollout's. */
    public VerifyMetricsRequest within(RolloutFacts facts) {
        return new VerifyMetricsRequest(
                checks, prometheus, credentialsId, access, canary == null ? facts.canarySelector() : canary,
                stable == null && facts.compares() ? facts.stableSelector() : stable, scrapeCanary, scrapeStable, interval, timeout,
                onInconclusive, onPartial, podWarmUp);
    }
}
