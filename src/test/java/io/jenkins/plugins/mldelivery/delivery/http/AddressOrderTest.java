package io.jenkins.plugins.mldelivery.delivery.http;

import static org.junit.Assert.assertEquals;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.Test;

/** The addresses of one name, of which some may be dead. */
public class AddressOrderTest {
    private final AddressOrder order = new AddressOrder();
    private final List<InetAddress> three = List.of(address(1), address(2), address(3));

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) last});
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    public void theOneThatWasReachedComesFirst() {
        Duration time = Duration.ofSeconds(10);
        assertEquals(three, order.of(three, time));
        order.reached(address(3));
        assertEquals(List.of(address(3), address(1), address(2)), order.of(three, time));
        assertEquals("only those that there are", List.of(address(1)), order.of(List.of(address(1)), time));
        order.missed(address(3));
        assertEquals(three, order.of(three, time));
    }

    @Test
    public void thereAreNotMoreThanFit() {
        assertEquals(three.subList(0, 2), order.of(three, Duration.ofMillis(2_900)));
        assertEquals(three.subList(0, 1), order.of(three, Duration.ZERO));
        assertEquals(List.of(), order.of(List.of(), Duration.ofSeconds(10)));
    }

    @Test
    public void theTimeIsShared() {
        assertEquals(Duration.ofSeconds(10), AddressOrder.share(Duration.ofSeconds(10), 1));
        assertEquals(Duration.ofSeconds(5), AddressOrder.share(Duration.ofSeconds(10), 2));
        assertEquals(Duration.ofSeconds(1), AddressOrder.share(Duration.ofSeconds(10), 100));
        assertEquals(Duration.ofSeconds(1), AddressOrder.share(Duration.ZERO, 1));
    }

    @Test
    public void fewAreKept() {
        for (int i = 1; i <= 17; i++) {
            order.reached(address(i));
        }
        assertEquals(
                List.of(address(2), address(17), address(1)),
                order.of(List.of(address(1), address(2), address(17)), Duration.ofSeconds(10)));
    }
}
