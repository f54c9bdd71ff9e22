package io.jenkins.plugins.mldelivery.image.registry;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.Test;

public class ProblemsTest {
    /** The JDK's HTTP client wraps a name without an address in the exception that it also throws for a closed port. */
    @Test
    public void aNameWithoutAnAddressIsNotAClosedPort() {
        Throwable inner = new ConnectException().initCause(new UnresolvedAddressException());
        assertEquals("the host name is unknown", Problems.text((IOException) new ConnectException().initCause(inner)));
        assertEquals("the host name is unknown", Problems.text(new IOException(new UnknownHostException("example.invalid"))));
        assertEquals("connection refused", Problems.text(new ConnectException("Connection refused")));
    }

    @Test
    public void aTimeOutIsNotAClosedPort() {
        HttpConnectTimeoutException late = new HttpConnectTimeoutException("HTTP connect timed out");
        late.initCause(new ConnectException("HTTP connect timed out"));
        assertEquals("no answer in time", Problems.text(late));
        assertEquals("no answer in time", Problems.text(new IOException("HTTP connect timed out", late)));
    }
}
