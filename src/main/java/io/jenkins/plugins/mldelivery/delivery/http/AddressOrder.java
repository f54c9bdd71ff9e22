package io.jenkins.plugins.mldelivery.delivery.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * In which order the addresses of a server are tried, and for how long each: where the first one says nothing, as where
 * IPv6 is known to the name server only, there is time left for those behind it. Those that were reached come first the
 * next time. Thread-safe.
 */
public final class AddressOrder {
    /** An attempt that has less has no chance with a server that is far away. */
    private static final Duration MIN_SHARE = Duration.ofSeconds(1);

    private static final int MAX_KEPT = 16;

    /** The last one at the end. */
    private final Set<InetAddress> reached = new LinkedHashSet<>();

    /**
     * The addresses to try, one after the other.
     *
     * @param time for all of them: there are not more than fit
     */
    public synchronized List<InetAddress> of(List<InetAddress> found, Duration time) {
        return Stream.concat(
                        found.stream().filter(reached::contains),
                        found.stream().filter(address -> !reached.contains(address)))
                .limit(Math.max(1, time.dividedBy(MIN_SHARE)))
                .toList();
    }

    /**
     * How long an attempt may take.
     *
     * @param time what is left of all
     * @param left how many addresses are left, this one among them
     */
    public static Duration share(Duration time, int left) {
        Duration share = time.dividedBy(left);
        return share.compareTo(MIN_SHARE) < 0 ? MIN_SHARE : share;
    }

    /** There was a connection to it. */
    public synchronized void reached(InetAddress address) {
        reached.remove(address);
        reached.add(address);
        if (reached.size() > MAX_KEPT) {
            Iterator<InetAddress> oldest = reached.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** There was none. */
    public synchronized void missed(InetAddress address) {
        reached.remove(address);
    }
}
