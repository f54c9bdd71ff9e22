package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.testing.SilentAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.Test;

/** A server of several addresses, the first of which says nothing. */
public class DialerTest {
    private static final Duration TIME = Duration.ofSeconds(4);

    private static Duration connected(Dialer dialer, List<InetAddress> addresses, int port) throws IOException {
        long begin = System.nanoTime();
        try (Socket socket = dialer.connect(addresses, port, Deadline.in(TIME), wait -> {})) {
            assertEquals(addresses.get(addresses.size() - 1), socket.getInetAddress());
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test(timeout = 60_000)
    public void theLiveAddressIsReachedInTimeAndTriedFirstTheNextTime() throws Exception {
        Dialer dialer = new Dialer(SSLContext.getDefault(), null, HostRules.any(), (int) TIME.toMillis());
        try (ServerSocket live = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                SilentAddress silent = new SilentAddress(live.getLocalPort())) {
            List<InetAddress> both = List.of(silent.address(), live.getInetAddress());
            Duration first = connected(dialer, both, live.getLocalPort());
            assertTrue(first.toString(), first.compareTo(TIME.dividedBy(2).minusMillis(100)) >= 0);
            assertTrue(first.toString(), first.compareTo(TIME) < 0);
            Duration second = connected(dialer, both, live.getLocalPort());
            assertTrue(second.toString(), second.compareTo(TIME.dividedBy(2).minusMillis(100)) < 0);
            assertThrows(
                    IOException.class,
                    () -> dialer.connect(List.of(silent.address()), live.getLocalPort(), Deadline.in(Duration.ofSeconds(1)), wait -> {}));
        }
    }
}
