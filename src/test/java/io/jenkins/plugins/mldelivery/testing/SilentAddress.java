package io.jenkins.plugins.mldelivery.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * An address of this machine whose port takes no connection and refuses none, as one behind a network that leads nowhere:
 * its queue is full, so the system drops what comes.
 */
public final class SilentAddress implements AutoCloseable {
    private static final int MORE_THAN_FIT = 6;

    private final ServerSocket listening;
    private final List<SocketChannel> queue = new ArrayList<>();

    /** @param port the one that must be silent */
    public SilentAddress(int port) throws IOException {
        listening = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.9"));
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            SocketChannel waiting = SocketChannel.open();
            queue.add(waiting);
            waiting.configureBlocking(false);
            waiting.connect(new InetSocketAddress(address(), port));
        }
    }

    /** The address. */
    public InetAddress address() {
        return listening.getInetAddress();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel waiting : queue) {
            waiting.close();
        }
        listening.close();
    }
}
