package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.WholePages;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.verify.source.MetricNames;
import io.jenkins.plugins.mldelivery.verify.source.ScrapeSource;
import io.jenkins.plugins.mldelivery.verify.source.Selector;
import io.jenkins.plugins.mldelivery.verify.source.SourceContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Looks at the pods' own pages, each on a connection of its own. Prints how many series of {@code asked} each found. */
public final class PodPagesTrial {
    private static final Executor READERS =
            new SharedThreads("pages", 48, new OwnerShares(48, 48)).of(Owner.only());

    private PodPagesTrial() {}

    /** @param args the API server's URL, how many looks at once, and the names of the pods */
    public static void main(String[] args) throws Exception {
        List<Pod> pods = Stream.of(args).skip(2).map(PodPagesTrial::pod).toList();
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(args[1]));
        List<Future<Integer>> looks = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            looks.add(threads.submit(() -> look(args[0], pods)));
        }
        for (Future<Integer> look : looks) {
            System.out.println(look.get());
        }
        System.out.println("ALL");
        System.exit(0);
    }

    private static Pod pod(String name) {
        return new PodBuilder().withNewMetadata().withNamespace("ml").withName(name).withUid("u").endMetadata().build();
    }

    private static int look(String url, List<Pod> pods) throws Exception {
        try (KubernetesClient client = KubernetesClients.open(
                ClusterAccess.server(url, null, SecretText.of("token")), TestEnvironment.quiet(), Event.Stage.DEPLOY)) {
            ScrapeSource source = ScrapeSource.ofPods(
                    new Pages(client, pods), MetricNames.of(List.of("asked"), List.of()), SourceContext.of(Secrets.none()));
            source.beginLook(Duration.ZERO, Deadline.in(Duration.ofMinutes(2)));
            return source.counters(new Selector("asked", null, "labels"), Track.CANARY, Instant.EPOCH).series().size();
        }
    }

    /** As a target has them. */
    private record Pages(KubernetesClient client, List<Pod> pods) implements TrackMetrics {
        @Override
        public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
            new PodPages(client, READERS, "the metrics", Set.of(), reader).read(pods, new PageAddress(8080, "/metrics"));
        }

        @Override
        public List<Page> scrape(Track track) throws DeliveryException, InterruptedException {
            WholePages whole = new WholePages();
            read(track, whole);
            return whole.pages();
        }
    }
}
