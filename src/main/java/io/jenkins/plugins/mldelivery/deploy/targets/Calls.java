package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.deploy.Target;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/** Calls to the API server, whose failures come out as the engine's own: transient, an interrupt, or one sentence for the user. */
final class Calls {
    private static final int TRIES = 5;
    private static final long FIRST_WAIT_MILLIS = 10;

    /** Reads an object and writes it. */
    interface ReadAndWrite {
        void run() throws DeliveryException, InterruptedException;
    }

    private Calls() {}

    /**
     * Does all of it again, the reading too, where somebody else's write has come between, at most five times, with waits of 150 ms in all: an object's controller writes its status whenever pods change, and
     * a rollout should not wait a tick for it. The same as client-go's <code>retry.RetryOnConflict</code> with its <code>DefaultRetry</code>, with longer waits. The last conflict is thrown, as a transient
     * error.
     */
    static void againOnConflict(ReadAndWrite all) throws DeliveryException, InterruptedException {
        for (int left = TRIES - 1; left > 0; left--) {
            try {
                all.run();
                return;
            } catch (Target.TransientException e) {
                if (!e.conflict()) {
                    throw e;
                }
                Thread.sleep(FIRST_WAIT_MILLIS << (TRIES - 1 - left));
            }
        }
        all.run();
    }

    static void run(String what, Runnable call) throws DeliveryException, InterruptedException {
        call(what, () -> {
            call.run();
            return null;
        });
    }

    static <T> T call(String what, Supplier<T> call) throws DeliveryException, InterruptedException {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            throw failure(what, e);
        }
    }

    /**
     * The exception to throw. A conflict (409) is transient: somebody else wrote the object between a read and a write;
     * the next tick reads it again. So is a refused login (401): it may have ended, and be renewed. And so is what no API
     * server answers, for a rollout that is under way.
     */
    static DeliveryException failure(String what, KubernetesClientException e) throws InterruptedException {
        if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
            throw new InterruptedException();
        }
        String problem = "could not " + what + " (" + KubernetesErrors.said(e) + ")";
        if (KubernetesErrors.isForeign(e)) {
            throw new Target.TransientException(problem, KubernetesErrors.explain(what, e));
        }
        if (KubernetesErrors.isTransient(e) || e.getCode() == HttpURLConnection.HTTP_CONFLICT
                || e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
            throw new Target.TransientException(problem, e);
        }
        return KubernetesErrors.explain(what, e);
    }

    /** Whether the object or its kind is not there, or may not be seen. */
    static boolean hidden(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }
}
