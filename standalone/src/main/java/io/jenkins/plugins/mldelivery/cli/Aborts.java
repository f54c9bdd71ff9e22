package io.jenkins.plugins.mldelivery.cli;

import java.io.IOException;

/** An abort that Java reports as a failed read or write: it closes the file that an interrupted thread has open. */
final class Aborts {
    private Aborts() {}

    /** The abort itself. The thread is not interrupted any more. */
    static InterruptedException raised(IOException closed) {
        Thread.interrupted();
        InterruptedException abort = new InterruptedException();
        abort.initCause(closed);
        return abort;
    }
}
