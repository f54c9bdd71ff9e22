package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import java.util.HashSet;
import java.util.Set;

/** Tells what is odd about the metrics, each thing once, and not without end, since servers choose the words. */
final class NotesOnce implements SourceNotes {
    private static final int MAX_NOTES = 100;

    private final Environment environment;
    private final String who;
    private final Set<String> told;

    NotesOnce(Environment environment) {
        this(environment, "", new HashSet<>());
    }

    private NotesOnce(Environment environment, String who, Set<String> told) {
        this.environment = environment;
        this.who = who;
        this.told = told;
    }

    /** The same, with something before each text. */
    NotesOnce of(String prefix) {
        return new NotesOnce(environment, prefix, told);
    }

    @Override
    public void warn(String text) {
        if (isNew(text)) {
            environment.warn(Event.Stage.VERIFY, who + text);
        }
    }

    @Override
    public void info(String text) {
        if (isNew(text)) {
            environment.info(Event.Stage.VERIFY, who + text);
        }
    }

    private boolean isNew(String text) {
        if (told.size() > MAX_NOTES || !told.add(text)) {
            return false;
        }
        if (told.size() > MAX_NOTES) {
            environment.warn(Event.Stage.VERIFY, "there is more that is odd about the metrics, which is not told");
            return false;
        }
        return true;
    }
}
