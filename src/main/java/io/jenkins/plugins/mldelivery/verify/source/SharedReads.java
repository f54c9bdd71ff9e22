package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What all looks of a process share: the right to large reads, and threads that resolve names and read pages, which end when they have
 * nothing to do. An adapter has one for all its steps.
 */
public final class SharedReads {
    private static final int MAX_RESOLVERS = 32;
    /** For as many looks as Jenkins makes at a time. */
    private static final int MAX_READERS = 24 * ReadLimits.MAX_OPEN_PAGES;

    private final Semaphore large = new Semaphore(ReadLimits.MAX_LARGE_LOOKS, true);
    private final ThreadPoolExecutor resolvers = threads(MAX_RESOLVERS, "ml-delivery names");
    private final ThreadPoolExecutor readers = threads(MAX_READERS, "ml-delivery pages");

    private static ThreadPoolExecutor threads(int most, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(most, most, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Waits for the right to keep much in memory; false when there was none in this time. */
    boolean takeLarge(Duration patience) throws InterruptedException {
        return large.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives it back. */
    void giveLarge() {
        large.release();
    }

    /** Threads that read pages. */
    ExecutorService readers() {
        return readers;
    }

    /**
     * Checks a server right before a connection to it, since its name may have another address than it had, and gives its
     * addresses, to which the connection goes then. The check resolves the name as well, and gets the same addresses: Java keeps
     * them for 30 seconds. Resolving knows no time-out of its own and can't be interrupted, so it is done on another thread, which
     * is not waited for longer than a look may take.
     */
    List<InetAddress> addresses(HostRules hosts, String parameter, URI uri, Deadline deadline) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        try {
            if (isAddress(uri.getHost())) {
                return resolved(hosts, parameter, uri).get();
            }
            Future<Resolved> found = resolvers.submit(() -> resolved(hosts, parameter, uri));
            try {
                return found.get(deadline.atMost(ReadLimits.MAX_RESOLVE).left().toMillis(), TimeUnit.MILLISECONDS).get();
            } finally {
                found.cancel(true);
            }
        } catch (TimeoutException e) {
            throw MetricSource.Unavailable.passing(Urls.where(uri) + " can't be reached (its name was not resolved in time)", e);
        } catch (UnknownHostException e) {
            throw MetricSource.Unavailable.passing(Urls.where(uri) + " can't be reached (the host name is unknown)", e);
        } catch (ExecutionException | CancellationException e) {
            throw new MetricSource.Unavailable(Urls.where(uri) + " can't be reached (its name can't be resolved)", e);
        }
    }

    /** Checks a server whose name somebody else resolves. */
    void check(HostRules hosts, String parameter, URI uri, Deadline deadline) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        try {
            addresses(hosts, parameter, uri, deadline);
        } catch (MetricSource.Unavailable e) {
            if (!(e.getCause() instanceof UnknownHostException)) {
                throw e;
            }
        }
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    /** What came of it, which goes from thread to thread. */
    private record Resolved(List<InetAddress> addresses, DeliveryException refusal, UnknownHostException unknown) {
        List<InetAddress> get() throws DeliveryException, UnknownHostException {
            if (refusal != null) {
                throw refusal;
            }
            if (unknown != null) {
                throw unknown;
            }
            return addresses;
        }
    }

    private static Resolved resolved(HostRules hosts, String parameter, URI uri) {
        try {
            hosts.check(parameter, uri);
            return new Resolved(List.of(InetAddress.getAllByName(uri.getHost())), null, null);
        } catch (DeliveryException e) {
            return new Resolved(null, e, null);
        } catch (UnknownHostException e) {
            return new Resolved(null, null, e);
        }
    }
}
