package io.jenkins.plugins.mldelivery.delivery;

/** Takes what happens, in order. It must not block for long and must not throw. */
@FunctionalInterface
public interface EventSink {
    /** Takes one event. */
    void accept(Event event);

    /** Hands every event to both. */
    default EventSink and(EventSink other) {
        return event -> {
            accept(event);
            other.accept(event);
        };
    }

    /** Forgets everything. */
    static EventSink none() {
        return event -> {};
    }
}
