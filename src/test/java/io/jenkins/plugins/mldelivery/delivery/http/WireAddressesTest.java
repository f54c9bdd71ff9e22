package io.jenkins.plugins.mldelivery.delivery.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.testing.SilentAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.Test;

/** A registry or a Prometheus server of several addresses, the first of which says nothing. */
public class WireAddressesTest {
    private static final Duration TIME = Duration.ofSeconds(4);

    private static Duration connected(AddressOrder order, List<InetAddress> addresses, int port) throws IOException {
        long begin = System.nanoTime();
        // An attempt alone may take as long as all of them.
        try (Wire wire = Wire.connect(addresses, port, TIME, Deadline.in(TIME), order)) {
            assertEquals(addresses.get(addresses.size() - 1), wire.remote().getAddress());
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test(timeout = 60_000)
    public void theLiveAddressIsReachedInTimeAndTriedFirstTheNextTime() throws Exception {
        AddressOrder order = new AddressOrder();
        try (ServerSocket live = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                SilentAddress silent = new SilentAddress(live.getLocalPort())) {
            List<InetAddress> both = List.of(silent.address(), live.getInetAddress());
            Duration first = connected(order, both, live.getLocalPort());
            assertTrue(first.toString(), first.compareTo(TIME.dividedBy(2).minusMillis(100)) >= 0);
            assertTrue(first.toString(), first.compareTo(TIME) < 0);
            Duration second = connected(order, both, live.getLocalPort());
            assertTrue(second.toString(), second.compareTo(TIME.dividedBy(2).minusMillis(100)) < 0);
        }
    }
}
