package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The ports of a test: keeps the events, has time that only sleeping moves, knows one login. */
final class Recorder {
    final List<Event> events = Collections.synchronizedList(new ArrayList<>());
    final VirtualClock clock = new VirtualClock();
    private final Map<String, Login> logins = new java.util.HashMap<>();

    Recorder login(String id, String user, String password) {
        logins.put(id, new Login(user, SecretText.of(password)));
        return this;
    }

    Environment environment() {
        return environment(clock);
    }

    Environment environment(Clock time) {
        return new Environment(
                (command, lines) -> {
                    throw new AssertionError("no program is run here");
                },
                time,
                id -> Optional.ofNullable(logins.get(id)),
                events::add);
    }

    List<String> notes() {
        return events.stream()
                .filter(e -> e instanceof Event.Note)
                .map(e -> ((Event.Note) e).text())
                .collect(Collectors.toList());
    }

    List<String> warnings() {
        return events.stream()
                .filter(e -> e instanceof Event.Note && ((Event.Note) e).level() == Event.Level.WARNING)
                .map(e -> ((Event.Note) e).text())
                .collect(Collectors.toList());
    }

    Event.Finished finished() {
        return (Event.Finished) events.get(events.size() - 1);
    }

    /** Time that passes only by sleeping, at once. */
    static final class VirtualClock implements Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");
        final List<Duration> slept = new ArrayList<>();

        @Override
        public synchronized Instant now() {
            return now;
        }

        @Override
        public synchronized void sleep(Duration duration) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            slept.add(duration);
            now = now.plus(duration);
        }
    }
}
