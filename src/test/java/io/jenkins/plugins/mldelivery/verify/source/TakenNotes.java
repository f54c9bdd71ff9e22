package io.jenkins.plugins.mldelivery.verify.source;

import java.util.List;

/** Notes in a list, each with its kind. */
record TakenNotes(List<String> list) implements SourceNotes {
    @Override
    public void warn(String text) {
        list.add("warning: " + text);
    }

    @Override
    public void info(String text) {
        list.add("info: " + text);
    }
}
