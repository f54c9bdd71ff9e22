package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The requests under way, each in a thread while it waits for the other side, and the connections that rest between
 * them.
 */
final class Exchanges {
    private static final Pattern LOG = Pattern.compile("/pods/[^/]+/log$");
    /**
     * For what the API server itself answers, up to the end of an answer that is read at once. What pods answer has
     * threads of its own, see {@link PageRequests}.
     */
    private static final int THREADS = 32;
    private static final int THREADS_OF_A_JOB = 16;
    private static final int THREADS_OF_A_TOP = 24;
    private static final int IDLE_THREAD_SECONDS = 5;
    private static final String THREAD = "ml-delivery-cluster";
    private static final int MAX_RESTING = 4;
    private static final long MAX_REST = Duration.ofSeconds(20).toNanos();

    private final Dialer dialer;
    private final LargeAnswers large = new LargeAnswers();
    private final Deque<Wire> resting = new ArrayDeque<>();
    private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
    private final SharedThreads calls =
            new SharedThreads(THREAD, THREADS, new OwnerShares(THREADS_OF_A_JOB, THREADS_OF_A_TOP));
    /** The same for one person, who shares them with nobody. */
    private final SharedThreads callsOfOne = new SharedThreads(THREAD, THREADS, new OwnerShares(THREADS, THREADS));
    /**
     * For what waits for no turn, since it would hold up others with it: watches, which are few and of use to all who
     * share the connection, and each of which would keep one of the threads above; and the reading of what has waited for
     * its reader or for the right to be large, which one at a time has. They are as many as wait for them.
     */
    private final ThreadPoolExecutor others = others();

    private final Duration turn;
    private volatile boolean closed;

    Exchanges(Dialer dialer) {
        this(dialer, AnswerLimits.TURN);
    }

    /** @param turn how long a call waits for a thread */
    Exchanges(Dialer dialer, Duration turn) {
        this.dialer = dialer;
        this.turn = turn;
    }

    private static ThreadPoolExecutor others() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, THREAD);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    LargeAnswers large() {
        return large;
    }

    /**
     * Sends a request.
     *
     * @param names finds the server, should there be no connection to it
     * @param owner whose request it is
     * @param pages on which threads and for how long, of what a pod answers; null of all else
     */
    CompletableFuture<HttpResponse<AsyncBody>> send(
            StandardHttpRequest request,
            AsyncBody.Consumer<List<ByteBuffer>> consumer,
            NameLookup names,
            Owner owner,
            PageRequests pages) {
        boolean watch = pages == null && request.isForStreaming();
        Executor first = pages != null ? pages.threads() : watch ? others : threads(owner);
        Exchange exchange = new Exchange(request, consumer, names, pages);
        running.add(exchange);
        if (closed) {
            exchange.fail(closed());
        }
        if (exchange.answer.isDone()) {
            running.remove(exchange); // Pages that are closed end it before it is one of them.
            return exchange.answer;
        }
        try {
            first.execute(exchange);
        } catch (RejectedExecutionException e) {
            exchange.fail(closed());
        } catch (OutOfMemoryError e) {
            exchange.fail(new IOException("there is no thread for it", e));
        }
        return exchange.answer;
    }

    private Executor threads(Owner owner) {
        return (owner.equals(Owner.only()) ? callsOfOne : calls).of(owner);
    }

    private static IOException closed() {
        return new IOException("the client is closed");
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
        if (wire.isQuiet()) {
            wire.rest(System.nanoTime());
            synchronized (resting) {
                if (!closed) {
                    resting.addFirst(wire);
                    last = resting.size() > MAX_RESTING ? resting.removeLast() : null;
                }
            }
        }
        if (last != null) {
            last.close();
        }
    }

    void close() {
        closed = true;
        others.shutdown();
        running.forEach(exchange -> exchange.fail(closed()));
        synchronized (resting) {
            resting.forEach(Wire::close);
            resting.clear();
        }
    }

    /** One request with its answer. */
    private final class Exchange implements SharedThreads.Task {
        private final StandardHttpRequest request;
        private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
        private final NameLookup names;
        private final CompletableFuture<HttpResponse<AsyncBody>> answer = new CompletableFuture<>();
        private final Duration time;
        private final Duration patience;
        /** That go on with an answer's body later on. */
        private final Executor further;
        /** Done when it has a thread, with which its time for the answer begins: others may keep all that there are. */
        private final CompletableFuture<Void> begun = new CompletableFuture<>();

        private Closeable dialled;
        private volatile Wire wire;
        private boolean over;

        Exchange(
                StandardHttpRequest request,
                AsyncBody.Consumer<List<ByteBuffer>> consumer,
                NameLookup names,
                PageRequests pages) {
            this.request = request;
            this.consumer = consumer;
            this.names = names;
            boolean page = pages != null;
            this.further = page ? pages.threads() : others;
            this.time = request.isForStreaming() ? AnswerLimits.WATCH : AnswerLimits.CALL;
            Duration given = page ? pages.time() : request.getTimeout();
            Duration most = page || request.isForStreaming() ? time : AnswerLimits.HEAD;
            this.patience =
                    given == null || given.isZero() || given.isNegative() || given.compareTo(most) > 0 ? most : given;
            answer.whenComplete((head, e) -> {
                begun.complete(null);
                if (e != null) {
                    end(); // Also when it is too late, or when nobody wants it any more.
                }
            });
            if (page) {
                pages.whenClosed(() -> answer.completeExceptionally(new CancellationException()));
            } else {
                Deadline.set(begun, turn, AnswerException.noTurn(turn));
                begun.whenComplete((none, e) -> {
                    if (e != null) {
                        // Asked again, it would wait behind all others.
                        answer.completeExceptionally(new KubernetesClientException(e.getMessage(), e));
                    }
                });
            }
        }

        void fail(Throwable e) {
            // The library asks again after each IOException.
            boolean lasting = e instanceof AnswerException a && !a.isPassing();
            if (!answer.completeExceptionally(lasting ? new KubernetesClientException(e.getMessage(), e) : e)) {
                end();
            }
        }

        @Override
        public boolean isGivenUp() {
            return answer.isDone();
        }

        @Override
        public void run() {
            begun.complete(null);
            if (closed) {
                fail(closed());
                return;
            }
            if (answer.isDone()) {
                return; // It was given up while it waited for a thread.
            }
            Deadline.set(answer, patience, AnswerException.silent(patience));
            try {
                ResponseHead head = exchange(true);
                ResponseBody bytes = head.body(request.method(), wire.in());
                long limit = HttpResponse.isSuccessful(head.code())
                        ? limit(request)
                        : Math.min(limit(request), AnswerLimits.ERROR_BYTES);
                Runnable whole = () -> ended(head.keepAlive() && bytes.isFramed());
                AnswerBody body = new AnswerBody(bytes, consumer, limit, time, further, whole);
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
            } catch (OutOfMemoryError e) {
                // Also what Java says when it can make no thread, as for a name. The call would wait for nothing.
                fail(new IOException("there is no memory or no thread for it", e));
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
