package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The pods' own pages, which whoever runs the rollout reads. One of several that is too large is told, and left out. */
final class PodPages implements PageSource {
    private final TrackMetrics pods;
    private final Clock clock;
    private final SourceNotes notes;

    PodPages(TrackMetrics pods, Clock clock, SourceNotes notes) {
        this.pods = pods;
        this.clock = clock;
        this.notes = notes;
    }

    @Override
    public List<Page> read(Track track, MetricNames names, LookBudget budget) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Instant begin = clock.now();
        List<Page> pages = new ArrayList<>();
        MetricSource.Unavailable problem = null;
        for (TrackMetrics.Page page : scrape(track)) {
            budget.deadline().check();
            try {
                ExpositionText text = PageFilter.of(page.text().getBytes(StandardCharsets.UTF_8), names, budget);
                pages.add(new Page(page.source(), text, page.at() == null ? begin : page.at()));
            } catch (IOException e) {
                problem = Http.unavailable(page.source(), e);
                notes.warn(problem.getMessage());
            }
        }
        if (pages.isEmpty() && problem != null) {
            throw problem;
        }
        return pages;
    }

    private List<TrackMetrics.Page> scrape(Track track) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        try {
            return pods.scrape(track);
        } catch (DeliveryException e) {
            if (e.kind() == DeliveryException.Kind.INVALID_INPUT) {
                throw e;
            }
            throw MetricSource.Unavailable.of(e);
        } catch (Deadline.Over e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MetricSource.Unavailable("the " + track.word() + " pods' metrics could not be read (" + e.getMessage() + ")", e);
        }
    }
}
