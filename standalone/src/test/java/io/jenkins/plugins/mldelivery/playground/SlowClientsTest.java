package io.jenkins.plugins.mldelivery.playground;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** Clients that don't get on with their request are cut off, so that they can't keep a server from others; an answer may take its time. */
public class SlowClientsTest {
    /** The JDK's server looks every second; a new connection that says nothing every ten. */
    private static final Duration CUT_OFF = Duration.ofSeconds(20);

    @Rule
    public final Timeout limit = Timeout.seconds(90);

    private static PlaygroundProcess playground;

    @BeforeClass
    public static void start() throws Exception {
        playground = PlaygroundProcess.start("-Xmx128m", "-Dsun.net.httpserver.maxReqTime=2");
    }

    @AfterClass
    public static void stop() throws Exception {
        playground.close();
    }

    @Test
    public void aRequestThatNeverEndsIsCutOff() throws Exception {
        for (int port : new int[] {playground.api(), playground.registry()}) {
            String own = "Host: 127.0.0.1:" + port + "\r\n";
            String type = "Authorization: Bearer " + playground.token() + "\r\nContent-Type: application/json\r\n";
            for (String beginning : List.of("", "GET", "GET / HTTP/1.1\r\n" + own, "POST /api/v1/namespaces HTTP/1.1\r\n" + own + type + "Content-Length: 100\r\n\r\n{")) {
                Instant begun = Instant.now();
                try (Socket socket = open(port, beginning)) {
                    Instant end = begun.plus(CUT_OFF);
                    while (isOpen(socket)) {
                        assertTrue("'" + beginning + "' is not cut off", Instant.now().isBefore(end));
                    }
                }
            }
        }
    }

    @Test
    public void manyOfThemKeepNobodyWaiting() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                slow.add(open(playground.registry(), "GET /v2/ HTTP/1.1\r\n"));
            }
            // Within their two seconds, or it would be cut off as they are.
            assertEquals(401, RawHttp.send(playground.registry(), "GET /v2/", "").status());
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    public void anEndlessLineOrHeaderFillsNoMemory() throws Exception {
        byte[] part = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
        for (String beginning : List.of("GET /", "GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")) {
            long sent = 0;
            try (Socket socket = open(playground.api(), beginning)) {
                OutputStream out = socket.getOutputStream();
                while (sent < 512L * 1024 * 1024) {
                    out.write(part);
                    sent += part.length;
                }
            } catch (IOException e) {
                // Cut off.
            }
            assertTrue("'" + beginning + "' was read without end", sent < 512L * 1024 * 1024);
        }
        assertEquals("the server lives", 401, RawHttp.send(playground.api(), "GET /", "").status());
    }

    @Test
    public void aWatchOutlivesTheTimeOfRequests() throws Exception {
        String request = "GET /api/v1/namespaces?watch=true HTTP/1.1\r\nHost: 127.0.0.1:" + playground.api() + "\r\nAuthorization: Bearer " + playground.token() + "\r\n\r\n";
        try (Socket socket = open(playground.api(), request)) {
            Thread.sleep(Duration.ofSeconds(6).toMillis());
            String made = "{\"metadata\":{\"name\":\"later\"}}";
            assertEquals(201, RawHttp.send(playground.api(), "POST /api/v1/namespaces", made, "Authorization: Bearer " + playground.token(), "Content-Type: application/json").status());
            InputStream in = socket.getInputStream();
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("\"later\"") < 0) {
                int c = in.read();
                assertTrue("the watch ended: " + seen, c >= 0);
                seen.append((char) c);
            }
        }
    }

    private static Socket open(int port, String beginning) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    /** Whether the other side has not closed the connection after a little time. */
    private static boolean isOpen(Socket socket) throws IOException {
        socket.setSoTimeout(200);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
