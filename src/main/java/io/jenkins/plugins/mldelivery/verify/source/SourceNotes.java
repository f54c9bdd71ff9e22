package io.jenkins.plugins.mldelivery.verify.source;

/** Takes what a source has to say besides its answers. It may say the same again and again; who takes it tells it once. */
public interface SourceNotes {
    /** Something that may make the answers incomplete or wrong. */
    void warn(String text);

    /** Something that may be of interest. */
    void info(String text);

    /** Takes nothing down. */
    static SourceNotes none() {
        return new SourceNotes() {
            @Override
            public void warn(String text) {}

            @Override
            public void info(String text) {}
        };
    }
}
