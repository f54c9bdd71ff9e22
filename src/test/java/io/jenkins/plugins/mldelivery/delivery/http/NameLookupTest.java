package io.jenkins.plugins.mldelivery.delivery.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.Test;

/** A name server may keep a thread for long, but not the caller's. */
public class NameLookupTest {
    private final List<Runnable> given = new CopyOnWriteArrayList<>();
    /** Whose threads never come to it. */
    private final NameLookup names = new NameLookup(given::add);

    private List<InetAddress> addresses(String url) throws Exception {
        return names.addresses(
                HostRules.any(), "prometheus", URI.create(url), Deadline.in(Duration.ofMillis(50)));
    }

    @Test
    public void anAddressIsItsOwn() throws Exception {
        assertEquals(List.of(InetAddress.getByName("127.0.0.1")), addresses("http://127.0.0.1:1"));
        assertEquals(List.of(), given);
    }

    @Test
    public void digitsThatAreNoAddressAreResolvedElsewhere() {
        IOException e = assertThrows(IOException.class, () -> addresses("http://999999999999/"));
        assertEquals("its name was not resolved in time", e.getMessage());
        assertEquals(1, given.size());
    }

    private IOException ended(Consumer<Closeable> begun) {
        return assertThrows(IOException.class, () -> names.addresses(
                HostRules.any(), "prometheus", URI.create("http://example.org/"), Deadline.none(), begun));
    }

    @Test(timeout = 60_000)
    public void whoeverDoesNotWantTheAnswerAnyMoreEndsTheWait() {
        IOException e = ended(wait -> new Thread(() -> {
            try {
                while (given.isEmpty()) {
                    Thread.onSpinWait();
                }
                wait.close();
            } catch (IOException unexpected) {
                throw new AssertionError(unexpected);
            }
        }).start());
        assertEquals("its name can't be resolved", e.getMessage());
    }

    @Test(timeout = 60_000)
    public void nobodyIsAskedForWhatIsNotWantedAnyMore() {
        ended(wait -> {
            try {
                wait.close();
            } catch (IOException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        assertEquals(List.of(), given);
    }

    @Test
    public void whereEveryHostIsAllowedNobodyIsAsked() throws Exception {
        names.check(HostRules.any(), "cluster", URI.create("http://example.org/"), Deadline.none());
        assertEquals(List.of(), given);
    }
}
