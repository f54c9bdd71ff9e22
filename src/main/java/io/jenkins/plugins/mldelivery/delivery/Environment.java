package io.jenkins.plugins.mldelivery.delivery;

import java.util.Objects;

/**
 * What the engine needs of the world around it: the ports that each adapter (Jenkins step, freestyle builder, command line, test) fills in.
 *
 * @param commands runs programs
 * @param clock tells and passes time
 * @param secrets finds secrets by id
 * @param events takes what happens
 */
public record Environment(Commands commands, Clock clock, Secrets secrets, EventSink events) {
    public Environment {
        Objects.requireNonNull(commands);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(secrets);
        Objects.requireNonNull(events);
    }

    /** Tells a line of ordinary news. */
    public void info(Event.Stage stage, String text) {
        events.accept(new Event.Note(clock.now(), stage, Event.Level.INFO, text));
    }

    /** Tells a warning. */
    public void warn(Event.Stage stage, String text) {
        events.accept(new Event.Note(clock.now(), stage, Event.Level.WARNING, text));
    }
}
