package io.jenkins.plugins.mldelivery.delivery;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Puts pages that come in parts together, for who wants the whole of them. What reads them bounds how much that is. */
public final class WholePages implements TrackMetrics.Reader {
    private final List<Whole> all = new ArrayList<>();

    @Override
    public TrackMetrics.Part begin(String source, Instant at) {
        Whole page = new Whole(source, at);
        all.add(page);
        return page;
    }

    /** Those that came to their end, in the order in which they began. */
    public List<TrackMetrics.Page> pages() {
        return all.stream().map(one -> one.page).filter(Objects::nonNull).toList();
    }

    private static final class Whole implements TrackMetrics.Part {
        private final String source;
        private final Instant at;
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private TrackMetrics.Page page;

        Whole(String source, Instant at) {
            this.source = source;
            this.at = at;
        }

        @Override
        public boolean take(byte[] more) {
            bytes.writeBytes(more);
            return true;
        }

        @Override
        public void end() {
            page = new TrackMetrics.Page(source, bytes.toString(StandardCharsets.UTF_8), at);
            bytes = null;
        }
    }
}
