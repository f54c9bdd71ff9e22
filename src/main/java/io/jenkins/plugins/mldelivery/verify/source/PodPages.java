package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The pods' own pages, which whoever runs the rollout reads. Without those that can't be read, see {@link UnreadPages}, or for
 * which there was no time, which may be any, the others are no evidence.
 */
final class PodPages implements PageSource {
    private final TrackMetrics pods;
    private final Clock clock;
    /** What was wrong with the last page whose text is none, of those that are read now. */
    private MetricSource.Unavailable problem;
    /** What was wrong with each that could not be read. */
    private final List<String> unread = new ArrayList<>();

    PodPages(TrackMetrics pods, Clock clock) {
        this.pods = pods;
        this.clock = clock;
    }

    @Override
    public List<Page> read(Track track, MetricNames names, LookBudget budget) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        problem = null;
        unread.clear();
        Instant begin = clock.now();
        List<Filtered> all = new ArrayList<>();
        List<String> late = new ArrayList<>();
        scrape(track, new TrackMetrics.Reader() {
            @Override
            public TrackMetrics.Part begin(String source, Instant at) {
                Filtered page = new Filtered(source, at == null ? begin : at, names, budget);
                all.add(page);
                return page;
            }

            @Override
            public void failed(String source, String text) {
                unread.add("the page of pod " + Urls.shown(source) + " can't be read (" + text + ")");
            }

            @Override
            public void late(List<String> sources) {
                late.addAll(sources);
            }

            @Override
            public void check() {
                budget.deadline().check();
            }
        });
        List<Page> pages = all.stream().map(one -> one.whole).filter(Objects::nonNull).toList();
        if (pages.isEmpty() && problem != null) {
            throw problem;
        }
        if (!unread.isEmpty()) {
            throw UnreadPages.partial(unread);
        }
        if (!late.isEmpty()) {
            throw MetricSource.Unavailable.partial("the pages of some " + track.word() + " pods, such as " + Urls.shown(late.get(0))
                    + ", were not read, since those of others took too long; let the model answer faster, or use a Prometheus server");
        }
        return pages;
    }

    /** Keeps of a page what is asked for, as it comes in. */
    private final class Filtered implements TrackMetrics.Part {
        private final String source;
        private final Instant at;
        private final LookBudget budget;
        private PageFilter filter;
        private Page whole;

        Filtered(String source, Instant at, MetricNames names, LookBudget budget) {
            this.source = source;
            this.at = at;
            this.budget = budget;
            this.filter = new PageFilter(names, budget);
        }

        @Override
        public boolean take(byte[] bytes) throws InterruptedException {
            budget.deadline().check();
            try {
                filter.accept(bytes);
                return true;
            } catch (IOException e) {
                refuse(e);
                return false;
            }
        }

        @Override
        public void end() throws InterruptedException {
            budget.deadline().check();
            try {
                whole = new Page(source, filter.text(PageFilter.End.LINE), at);
                filter = null;
            } catch (IOException e) {
                refuse(e);
            }
        }

        private void refuse(IOException e) throws InterruptedException {
            filter = null;
            problem = Http.unavailable(source, e);
            unread.add(problem.getMessage());
        }
    }

    private void scrape(Track track, TrackMetrics.Reader reader) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        try {
            pods.read(track, reader);
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
