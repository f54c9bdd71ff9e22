package io.jenkins.plugins.mldelivery.delivery.http;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * A TCP connection on which nothing waits longer than until a deadline, neither connecting nor reading nor writing, and on which an
 * interrupt of the thread ends the wait. Used by one thread at a time.
 */
final class Wire implements Closeable {
    private static final Duration FOREVER = Duration.ofDays(1);
    /** After so long a wait looks at its deadline again, which may have changed. */
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int MAX_PORT = 65_535;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private Deadline deadline;
    private Duration stall = FOREVER;

    private Wire(Deadline deadline) throws IOException {
        this.deadline = deadline;
        this.channel = SocketChannel.open();
        this.selector = Selector.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, 0);
    }

    /**
     * Connects to the first address that can be reached.
     *
     * @param each what an attempt may take at most; it is less when there are others to try before the deadline
     */
    static Wire connect(List<InetAddress> found, int port, Duration each, Deadline deadline, AddressOrder order)
            throws IOException {
        if (port > MAX_PORT) {
            throw new IOException("there is no port " + port);
        }
        IOException failure = new UnknownHostException("there is no address");
        List<InetAddress> ordered = order.of(found, deadline.left());
        List<InetAddress> addresses = ordered.subList(0, Math.min(HttpLimits.MAX_ADDRESSES, ordered.size()));
        int left = addresses.size();
        for (InetAddress address : addresses) {
            Wire wire = new Wire(deadline.atMost(each).atMost(AddressOrder.share(deadline.left(), left--)));
            try {
                if (!wire.channel.connect(new InetSocketAddress(address, port))) {
                    while (!wire.channel.finishConnect()) {
                        wire.await(SelectionKey.OP_CONNECT);
                    }
                }
                wire.until(deadline);
                order.reached(address);
                return wire;
            } catch (LateException e) {
                wire.close();
                order.missed(address);
                failure = deadline.isOver() ? e : new ConnectTimeoutException();
            } catch (InterruptedIOException e) {
                wire.close();
                throw e;
            } catch (IOException e) {
                wire.close();
                order.missed(address);
                failure = e;
            }
        }
        throw failure;
    }

    /** From now on another deadline, whatever the pauses. */
    void until(Deadline other) {
        within(other, FOREVER);
    }

    /** From now on another deadline, and a limit for each pause. */
    void within(Deadline other, Duration pause) {
        deadline = other;
        stall = pause;
    }

    /** Whether there is nothing to read, not even the end. */
    boolean isQuiet() throws IOException {
        if (!channel.isOpen()) {
            return false;
        }
        key.interestOps(SelectionKey.OP_READ);
        boolean quiet = selector.selectNow() == 0;
        selector.selectedKeys().clear();
        return quiet;
    }

    private void await(int operation) throws IOException {
        Deadline end = deadline.atMost(stall);
        key.interestOps(operation);
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException();
            }
            if (end.isOver()) {
                throw new LateException();
            }
            // Rounded up, so that the last part of a millisecond is no busy wait.
            selector.select(Math.min(end.left().toMillis(), LOOK.toMillis()) + 1);
            if (selector.selectedKeys().remove(key)) {
                return;
            }
        }
    }

    /** Waits for some bytes; −1 at the end. */
    int read(ByteBuffer to) throws IOException {
        int size = channel.read(to);
        while (size == 0 && to.hasRemaining()) {
            await(SelectionKey.OP_READ);
            size = channel.read(to);
        }
        check();
        return size;
    }

    /** Writes all. */
    void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            if (channel.write(from) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
        check();
    }

    /** One that sends without a pause is over at the deadline too. */
    private void check() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException();
        }
        if (deadline.isOver()) {
            throw new LateException();
        }
    }

    InetSocketAddress remote() throws IOException {
        return (InetSocketAddress) channel.getRemoteAddress();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** At once: nobody waits for the other side. */
    @Override
    public void close() {
        try (Selector open = selector; SocketChannel closing = channel) {
            key.cancel();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return length == 0 ? 0 : Wire.this.read(ByteBuffer.wrap(to, offset, length));
            }

            @Override
            public void close() {
                Wire.this.close();
            }
        };
    }

    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                Wire.this.write(ByteBuffer.wrap(from, offset, length));
            }

            @Override
            public void close() {
                Wire.this.close();
            }
        };
    }
}
