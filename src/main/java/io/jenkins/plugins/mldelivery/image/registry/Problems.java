package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.http.ConnectTimeoutException;
import io.jenkins.plugins.mldelivery.delivery.http.LateException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import javax.net.ssl.SSLException;

/** Says in words what the JDK's exceptions say with their names. */
public final class Problems {
    private Problems() {}

    /** Whether the two sides found no common ground for TLS, as with a certificate that is not trusted. */
    static boolean isTls(IOException e) {
        return e instanceof SSLException;
    }

    /** What went wrong, in a few words without a full stop. */
    public static String text(IOException e) {
        boolean refused = false;
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof AccessDeniedException) {
                return "permission denied: " + t.getMessage();
            } else if (t instanceof NoSuchFileException) {
                return "no such file: " + t.getMessage();
            } else if (t instanceof FileSystemLoopException) {
                return "a link makes a loop: " + t.getMessage();
            } else if (t instanceof LateException || t instanceof ConnectTimeoutException) {
                return "no answer in time";
            } else if (t instanceof UnknownHostException) {
                return "the host name is unknown";
            } else if (t instanceof ConnectException) {
                // The JDK's HTTP client throws one for a name without an address as well: a cause tells.
                refused = true;
            } else if (t instanceof SSLException) {
                return "TLS: " + t.getMessage();
            }
        }
        if (refused) {
            return "connection refused";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
