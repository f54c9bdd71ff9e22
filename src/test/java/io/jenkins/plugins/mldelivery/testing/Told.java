package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Keeps the events of a test. */
public final class Told implements EventSink {
    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Override
    public void accept(Event event) {
        events.add(event);
    }

    /** The events of one type, in order. */
    public <E extends Event> List<E> of(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The texts of the notes. */
    public List<String> notes() {
        return of(Event.Note.class).stream().map(Event.Note::text).toList();
    }

    /** The texts of the warnings. */
    public List<String> warnings() {
        return of(Event.Note.class).stream().filter(n -> n.level() == Event.Level.WARNING).map(Event.Note::text).toList();
    }

    /** Everything that was told, as one text. */
    @Override
    public String toString() {
        return events.stream().map(Event::toString).collect(Collectors.joining("\n"));
    }
}
