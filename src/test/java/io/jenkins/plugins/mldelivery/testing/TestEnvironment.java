package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Secrets;

/** Environments of tests, without secrets, under the standard rules for hosts. */
public final class TestEnvironment {
    private TestEnvironment() {}

    /** One whose events nobody looks at. */
    public static Environment quiet() {
        return of(event -> {});
    }

    /** One with this sink. */
    public static Environment of(EventSink events) {
        return new Environment(new LocalCommands(), Clock.system(), Secrets.none(), events);
    }
}
