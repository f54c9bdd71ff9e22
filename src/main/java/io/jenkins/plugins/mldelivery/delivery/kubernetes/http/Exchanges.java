package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The requests under way, each in a thread while it waits for the other side, and the connections that rest between
 * them.
 */
final class Exchanges {
    private static final Pattern LOG = Pattern.compile("/pods/[^/]+/log$");
    /** What a pod answers, which may stall, and not the API server itself. */
    private static final Pattern POD = Pattern.compile("/pods/[^/]+/proxy(/|$)");
    /** For what pods answer, and as many for all else. */
    private static final int THREADS = 32;
    private static final int IDLE_THREAD_SECONDS = 10;
    private static final int MAX_RESTING = 4;
    private static final long MAX_REST = Duration.ofSeconds(20).toNanos();

    private final Dialer dialer;
    private final LargeAnswers large = new LargeAnswers();
    private final Deque<Wire> resting = new ArrayDeque<>();
    private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads = threads();
    /** So that pods that stall do not keep the API server's own answers from being read. */
    private final ThreadPoolExecutor podThreads = threads();

    private volatile boolean closed;

    Exchanges(Dialer dialer) {
        this.dialer = dialer;
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "ml-delivery-cluster");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    LargeAnswers large() {
        return large;
    }

    /** @param names finds the server, should there be no connection to it */
    CompletableFuture<HttpResponse<AsyncBody>> send(
            StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer, NameLookup names) {
        Exchange exchange = new Exchange(request, consumer, names);
        running.add(exchange);
        try {
            exchange.threads.execute(exchange);
        } catch (RejectedExecutionException e) {
            exchange.fail(new IOException("the client is closed", e));
        }
        return exchange.answer;
    }

    private static long limit(StandardHttpRequest request) {
        if (request.isForStreaming()) {
            return AnswerLimits.WATCH_BYTES;
        }
        String path = String.valueOf(request.uri().getPath());
        if (LOG.matcher(path).find()) {
            return AnswerLimits.LOG_BYTES * 2L; // Its limit is the server's to keep; this is for one that does not.
        }
        // A page of a pod may be as long as any other answer; its reader has the limit for pages.
        return Math.max(AnswerLimits.POD_BYTES, AnswerLimits.ANSWER_BYTES);
    }

    private Wire resting(String origin) {
        long now = System.nanoTime();
        synchronized (resting) {
            for (Iterator<Wire> wires = resting.iterator(); wires.hasNext(); ) {
                Wire wire = wires.next();
                if (now - wire.idleSince() > MAX_REST || !wire.isQuiet()) {
                    wires.remove();
                    wire.close();
                } else if (wire.origin().equals(origin)) {
                    wires.remove();
                    return wire;
                }
            }
        }
        return null;
    }

    private void rest(Wire wire) {
        Wire last = wire;
        if (!closed && wire.isQuiet()) {
            wire.rest(System.nanoTime());
            synchronized (resting) {
                resting.addFirst(wire);
                last = resting.size() > MAX_RESTING ? resting.removeLast() : null;
            }
        }
        if (last != null) {
            last.close();
        }
    }

    void close() {
        closed = true;
        threads.shutdown();
        podThreads.shutdown();
        running.forEach(exchange -> exchange.fail(new IOException("the client is closed")));
        synchronized (resting) {
            resting.forEach(Wire::close);
            resting.clear();
        }
    }

    /** One request with its answer. */
    private final class Exchange implements Runnable {
        private final StandardHttpRequest request;
        private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
        private final NameLookup names;
        private final CompletableFuture<HttpResponse<AsyncBody>> answer = new CompletableFuture<>();
        private final Duration time;
        private final ThreadPoolExecutor threads;
        private Closeable dialled;
        private volatile Wire wire;
        private boolean over;

        Exchange(StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer, NameLookup names) {
            this.request = request;
            this.consumer = consumer;
            this.names = names;
            boolean pod = POD.matcher(String.valueOf(request.uri().getPath())).find();
            this.threads = pod ? podThreads : Exchanges.this.threads;
            this.time = request.isForStreaming() ? AnswerLimits.WATCH : AnswerLimits.CALL;
            Duration given = request.getTimeout();
            Duration patience =
                    given == null || given.isZero() || given.isNegative() || given.compareTo(time) > 0 ? time : given;
            Deadline.set(answer, patience, AnswerException.silent(patience));
            answer.whenComplete((head, e) -> {
                if (e != null) {
                    end(); // Also when it is too late, or when nobody wants it any more.
                }
            });
        }

        void fail(Throwable e) {
            // The library asks again after each IOException.
            boolean lasting = e instanceof AnswerException a && !a.isPassing();
            if (!answer.completeExceptionally(lasting ? new KubernetesClientException(e.getMessage(), e) : e)) {
                end();
            }
        }

        @Override
        public void run() {
            try {
                ResponseHead head = exchange(true);
                ResponseBody bytes = head.body(request.method(), wire.in());
                long limit = HttpResponse.isSuccessful(head.code())
                        ? limit(request)
                        : Math.min(limit(request), AnswerLimits.ERROR_BYTES);
                Runnable whole = () -> ended(head.keepAlive() && bytes.isFramed());
                AnswerBody body = new AnswerBody(bytes, consumer, limit, time, threads, whole);
                body.done().whenComplete((none, e) -> {
                    if (e != null) {
                        ended(false);
                    }
                });
                if (head.isEncoded()) {
                    throw AnswerException.encoded();
                }
                if (!answer.complete(new Answer<AsyncBody>(head, request, body))) {
                    body.cancel();
                }
                body.read();
            } catch (IOException | DeliveryException | RuntimeException e) {
                fail(e);
            }
        }

        /**
         * On a connection that has rested the server may have hung up: then once more on a new one, if nothing can have
         * been done by it.
         */
        private ResponseHead exchange(boolean mayRest) throws IOException, DeliveryException {
            boolean harmless =
                    request.method().equals("GET") || request.method().equals("HEAD");
            Wire used = mayRest && harmless ? resting(Dialer.origin(request.uri())) : null;
            boolean rested = used != null;
            try {
                take(rested ? used : dialer.open(request.uri(), names, this::dialled));
                wire.send(request, Wire.bytes(request.body()));
                return ResponseHead.read(wire.in());
            } catch (AnswerException e) {
                throw e;
            } catch (IOException e) {
                if (!rested || answer.isDone()) {
                    throw e;
                }
                used.close();
                return exchange(false);
            }
        }

        private synchronized void dialled(Closeable connecting) {
            dialled = connecting;
            if (over) {
                closeQuietly(connecting);
            }
        }

        private synchronized void take(Wire taken) {
            wire = taken;
            if (over) {
                taken.close();
            }
        }

        private void ended(boolean reusable) {
            Wire used = null;
            synchronized (this) {
                if (!over && reusable) {
                    over = true;
                    used = wire;
                    // It may be another request's from now on.
                    wire = null;
                    dialled = null;
                }
            }
            if (used == null) {
                end();
            } else {
                running.remove(this);
                rest(used);
            }
        }

        /** Closes the connection, whoever waits on it. */
        private void end() {
            running.remove(this);
            synchronized (this) {
                over = true;
                if (wire != null) {
                    wire.close();
                }
                if (dialled != null) {
                    closeQuietly(dialled);
                }
            }
        }

        private void closeQuietly(Closeable connecting) {
            try {
                connecting.close();
            } catch (IOException e) {
                // It is closed.
            }
        }
    }
}
