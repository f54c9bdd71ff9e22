package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the events of one delivery for its report. Progress events are thinned out to the last one of each bar, so that the record stays small
 * however long the delivery takes. Thread-safe.
 */
public final class DeliveryRecord implements EventSink {
    private final String title;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Event.Progress> progress = new LinkedHashMap<>();

    /** @param title heading of the delivery, such as <code>penguins v2</code> */
    public DeliveryRecord(String title) {
        this.title = title;
    }

    @Override
    public synchronized void accept(Event event) {
        if (event instanceof Event.Progress p) {
            progress.put(p.stage() + "/" + p.what(), p);
        } else {
            events.add(event);
        }
    }

    /** The heading. */
    public String title() {
        return title;
    }

    /** The events so far without progress, in order. */
    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** The events of one type, in order. */
    public <E extends Event> List<E> events(Class<E> type) {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }
}
