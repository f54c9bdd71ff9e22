package io.jenkins.plugins.mldelivery.delivery;

import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What the engine needs of the world around it: the ports that each adapter (Jenkins step, freestyle builder, command line, test) fills in. What {@code secrets} gives out is learned by {@code known}, and each event
 * is masked by it before {@code events} gets it.
 *
 * @param commands runs programs
 * @param clock tells and passes time
 * @param secrets finds secrets by id
 * @param events takes what happens
 * @param known all secrets of the run, so that none of them leaves it in a text
 * @param hosts which hosts may be sent requests from here
 * @param resolvers threads that resolve names, each of which a name server may keep for long; or null for a few of each
 *     connection's own, which a process must not have that works for many owners
 */
public record Environment(
        Commands commands, Clock clock, Secrets secrets, EventSink events, KnownSecrets known, HostRules hosts,
        Executor resolvers) {
    public Environment {
        Objects.requireNonNull(commands);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(known);
        Objects.requireNonNull(hosts);
        secrets = known.learning(Objects.requireNonNull(secrets));
        events = known.masking(Objects.requireNonNull(events));
    }

    /** Of a process that works for one person. */
    public Environment(
            Commands commands, Clock clock, Secrets secrets, EventSink events, KnownSecrets known, HostRules hosts) {
        this(commands, clock, secrets, events, known, hosts, null);
    }

    /** With secrets of its own and the standard rules for hosts. */
    public Environment(Commands commands, Clock clock, Secrets secrets, EventSink events) {
        this(commands, clock, secrets, events, new KnownSecrets(), HostRules.standard());
    }

    /** The same with another clock. */
    public Environment withClock(Clock other) {
        return new Environment(commands, other, secrets, events, known, hosts, resolvers);
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
