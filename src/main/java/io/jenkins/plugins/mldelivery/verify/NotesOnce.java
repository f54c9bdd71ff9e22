package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import java.util.HashSet;
import java.util.Set;

/** Tells what is odd about the metrics, each thing once, and not without end, since servers choose the words. */
final class NotesOnce implements SourceNotes {
    private static final int MAX_NOTES = 100;

    private final Environment environment;
    private final String who;
    /** Not the texts: each may have as many characters as an error of a server, and a wait may take days. */
    private final Set<SeriesKey> told;

    NotesOnce(Environment environment) {
        this(environment, "", new HashSet<>());
    }

    private NotesOnce(Environment environment, String who, Set<SeriesKey> told) {
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
        if (told.size() > MAX_NOTES || !told.add(SeriesKey.of(text))) {
            return false;
        }
        if (told.size() > MAX_NOTES) {
            environment.warn(Event.Stage.VERIFY, "there is more that is odd about the metrics, which is not told");
            return false;
        }
        return true;
    }
}
