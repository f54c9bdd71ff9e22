package io.jenkins.plugins.mldelivery.image.registry;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.Test;

public class ProblemsTest {
    @Test
    public void aNameWithoutAnAddressIsNotAClosedPort() {
        assertEquals("the host name is unknown", Problems.text(new IOException(new UnknownHostException("example.invalid"))));
        assertEquals("the host name is unknown",
                Problems.text((IOException) new ConnectException().initCause(new UnknownHostException("example.invalid"))));
        assertEquals("connection refused", Problems.text(new ConnectException("Connection refused")));
    }
}
