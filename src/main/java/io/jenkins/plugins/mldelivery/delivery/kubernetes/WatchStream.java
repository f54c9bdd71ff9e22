package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerLimits;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One watch of the Kubernetes API (a GET whose answer is a line of JSON for each change), opened again whenever it ends, from the last version seen. It does not wait in a thread of its own, only of each
 * object's metadata is asked for, and of these nothing is kept.
 *
 * <p>The server ends a watch after {@link #SERVER_SECONDS}, and one that lasts longer is taken for dead, so a connection that has died silently is found within that time.
 */
final class WatchStream {
    private static final int SERVER_SECONDS = 120;
    private static final int DEAD_SECONDS = 150;
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(15);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(60);
    /** A watch that lasted this long was no failure, whatever ended it. */
    private static final long LASTED = Duration.ofSeconds(10).toNanos();
    private static final String METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    private final KubernetesClient client;
    private final String path;
    private final ScheduledExecutorService timer;
    private final Listener listener;
    private Attempt current;
    private boolean stopped;
    /** Whether rollouts have been left in the belief that every change is told. */
    private boolean relied;
    private Duration backOff = FIRST_BACK_OFF;
    private volatile String version;
    private volatile boolean up;
    private volatile boolean refused;

    /** Is told what changes, on threads of the HTTP library; it must be quick. */
    interface Listener {
        /** Something of this model has changed. */
        void changed(String model);

        /** Anything may have changed unseen, or changes are not told for a while. */
        void gap();
    }

    /** @param path of the list, from the server's root on and without a leading slash, with a query */
    WatchStream(KubernetesClient client, String path, ScheduledExecutorService timer, Listener listener) {
        this.client = client;
        this.path = path;
        this.timer = timer;
        this.listener = listener;
    }

    /** Whether every change is told now. */
    boolean up() {
        return up;
    }

    /** Whether the server does not permit it; it is asked again every minute. */
    boolean refused() {
        return refused;
    }

    void start() {
        later(Duration.ZERO);
    }

    synchronized void stop() {
        stopped = true;
        up = false;
        if (current != null) {
            current.cancel();
            current = null;
        }
    }

    private void later(Duration wait) {
        try {
            timer.schedule(this::open, wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            stop(); // The connections are closed.
        }
    }

    private synchronized void open() {
        if (!stopped && current == null) {
            current = new Attempt();
            current.send();
        }
    }

    /** @param code status of the answer, or 0 when there was none, or when the watch ended after it had begun */
    private void ended(Attempt attempt, boolean clean, int code) {
        boolean lost;
        synchronized (this) {
            if (attempt != current) {
                return;
            }
            current = null;
            attempt.cancel();
            // After a clean end the next one goes on where it ended; only when that fails are changes missed.
            lost = relied && !clean;
            relied &= clean;
            up = false;
            refused = code == HttpURLConnection.HTTP_FORBIDDEN;
            if (!clean && (code != 0 || attempt.refuted)) {
                version = null; // 410 Gone above all: what happened in between is not known any more.
            }
            later(wait(attempt));
        }
        if (lost) {
            listener.gap();
        }
    }

    private Duration wait(Attempt attempt) {
        if (refused) {
            return ASK_AGAIN;
        }
        if (attempt.since != 0 && System.nanoTime() - attempt.since > LASTED) {
            backOff = FIRST_BACK_OFF;
            return Duration.ZERO;
        }
        Duration wait = backOff;
        Duration next = backOff.multipliedBy(2);
        backOff = next.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : next;
        return wait;
    }

    /** One request. */
    private final class Attempt {
        private final boolean fresh = version == null;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private volatile long since;
        private volatile boolean refuted;
        private volatile AsyncBody body;
        private volatile boolean cancelled;
        private Future<?> limit;

        void send() {
            HttpClient http = client.getHttpClient();
            String from = fresh ? "" : "&resourceVersion=" + URLEncoder.encode(version, StandardCharsets.UTF_8);
            HttpRequest request = http.newHttpRequestBuilder()
                    .uri(client.getMasterUrl() + path + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=" + SERVER_SECONDS + from)
                    .header("Accept", METADATA_ONLY)
                    .timeout(DEAD_SECONDS, TimeUnit.SECONDS)
                    .forStreaming()
                    .build();
            limit = timer.schedule(() -> ended(this, false, 0), DEAD_SECONDS, TimeUnit.SECONDS);
            http.consumeBytes(request, this::bytes).whenComplete((answer, failure) -> {
                if (failure != null) {
                    ended(this, false, 0);
                } else {
                    answered(answer);
                }
            });
        }

        private void answered(HttpResponse<AsyncBody> answer) {
            body = answer.body();
            if (answer.code() != HttpURLConnection.HTTP_OK) {
                ended(this, false, answer.code());
                return;
            }
            since = System.nanoTime();
            synchronized (WatchStream.this) {
                if (this != current) {
                    body.cancel();
                    return;
                }
                refused = false;
                up = true;
                relied = true;
            }
            body.done().whenComplete((done, failure) -> ended(this, failure == null, 0));
            body.consume();
            if (fresh) {
                listener.gap();
            }
        }

        private void bytes(List<ByteBuffer> buffers, AsyncBody from) {
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining() && !cancelled) {
                    int end = lineEnd(buffer);
                    if (line.size() + end - buffer.position() > AnswerLimits.EVENT_BYTES) {
                        refute();
                        return;
                    }
                    byte[] part = new byte[end - buffer.position()];
                    buffer.get(part);
                    line.writeBytes(part);
                    if (buffer.hasRemaining()) {
                        buffer.get();
                        event(line.toByteArray());
                        line.reset();
                    }
                }
            }
            if (!cancelled) {
                from.consume();
            }
        }

        /** Where the next line break is, or the end. */
        private static int lineEnd(ByteBuffer buffer) {
            int at = buffer.position();
            while (at < buffer.limit() && buffer.get(at) != '\n') {
                at++;
            }
            return at;
        }

        private void event(byte[] json) {
            WatchEvent event = WatchEvent.parse(json);
            if (event == null || event.version() == null) {
                refute();
                return;
            }
            version = event.version();
            if (event.model() != null) {
                listener.changed(event.model());
            }
        }

        /** An error in place of a change, such as 410 Gone, no JSON, or a line without an end. */
        private void refute() {
            refuted = true;
            ended(this, false, 0);
        }

        void cancel() {
            cancelled = true;
            if (limit != null) {
                limit.cancel(false);
            }
            if (body != null) {
                body.cancel();
            }
        }
    }
}
