package io.jenkins.plugins.mldelivery.deploy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.WholePages;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;

/**
 * Where a model is rolled out: observes it and does the state machine's actions. Every call may be repeated. A target throws {@link TransientException} when the same call may
 * succeed later by itself.
 */
public interface Target extends TrackMetrics {
    /**
     * The first call of a rollout: fails when it can't be done there, before anything is touched.
     *
     * @throws DeliveryException when the place is not there, or a rollout is not permitted or not admitted
     */
    void checkAccess() throws DeliveryException, InterruptedException;

    @Override
    void read(Track track, Reader reader) throws DeliveryException, InterruptedException;

    @Override
    default List<Page> scrape(Track track) throws DeliveryException, InterruptedException {
        WholePages whole = new WholePages();
        read(track, whole);
        return whole.pages();
    }

    /** Looks at the cluster. */
    Observation observe(Instant now, Gate.Answer answer, String abort) throws DeliveryException, InterruptedException;

    /** The last 20 lines of the first container of a track that has crashed; empty when none has or when they can't be read. */
    List<String> lastLines(Track track) throws DeliveryException, InterruptedException;

    /** Does one action. */
    void act(Action action, Instant now) throws DeliveryException, InterruptedException;

    /** The address under which clients reach the model. */
    String url();

    /** Label matchers of a track's series in Prometheus, of whatever revision. */
    String selector(Track track);

    /**
     * Label matchers of the series of the pods that a track has now, and of those that come in their place: a query over the last minutes must not judge a version by what an earlier one did. Where there are
     * no pods, those of {@link #selector}.
     */
    String selectorOfPresent(Track track) throws DeliveryException, InterruptedException;

    /** The cluster did not answer, or asked to come back later. */
    final class TransientException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message what was being done and what went wrong */
        public TransientException(String message, Throwable cause) {
            super(message, cause);
        }

        /** Whether the cluster did answer, and only said that somebody else was quicker (409). */
        public boolean conflict() {
            return code() == HttpURLConnection.HTTP_CONFLICT;
        }

        /** Whether the cluster did answer, and refused the login (401): it may have ended, and be renewed. */
        public boolean login() {
            return code() == HttpURLConnection.HTTP_UNAUTHORIZED;
        }

        /** Whether the cluster did answer, and may do what was asked a little later, as with 429 or 503. */
        public boolean busy() {
            return code() > 0 && !login();
        }

        /**
         * What is said where it is not waited out that something else has answered in the cluster's place, such as a
         * balancer or a portal; null when that is not what happened.
         */
        public DeliveryException foreign() {
            return getCause() instanceof DeliveryException e ? e : null;
        }

        private int code() {
            return getCause() instanceof KubernetesClientException e ? e.getCode() : 0;
        }
    }
}
