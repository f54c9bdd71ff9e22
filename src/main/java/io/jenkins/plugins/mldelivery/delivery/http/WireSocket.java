package io.jenkins.plugins.mldelivery.delivery.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;

/** A {@link Wire} as the socket that the Java platform's TLS wants to be put over. Its options are the wire's. */
final class WireSocket extends Socket {
    private final Wire wire;

    WireSocket(Wire wire) {
        this.wire = wire;
    }

    @Override
    public InputStream getInputStream() {
        return wire.input();
    }

    @Override
    public OutputStream getOutputStream() {
        return wire.output();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !wire.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return !wire.isOpen();
    }

    @Override
    public boolean isOutputShutdown() {
        return !wire.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        try {
            return wire.remote().getAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public int getPort() {
        try {
            return wire.remote().getPort();
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        try {
            return wire.remote();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void setSoTimeout(int millis) {
        // The wire has a deadline.
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // The wire has it.
    }

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setSoLinger(boolean on, int seconds) {
        // Closed at once.
    }

    @Override
    public int getSoLinger() {
        return -1;
    }

    @Override
    public void shutdownInput() {
        wire.close();
    }

    @Override
    public void shutdownOutput() {
        wire.close();
    }

    @Override
    public void close() {
        wire.close();
    }
}
