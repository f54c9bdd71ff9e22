package io.jenkins.plugins.mldelivery.deploy;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.ImageDigests;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.AccessSource;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.rules.TestName;

/** Deliveries of one model to a toy cluster, by tests: impatient, with a clock that can be put forward. */
final class Deliveries {
    private static final long NAP_MILLIS = 30;
    private static final int MOST_TICKS = 2000;

    final Told told = new Told();
    final ToyCluster toy;
    final String model;
    int replicas = 2;
    Map<String, String> env = Map.of();
    Strategy strategy = new Strategy.Canary(java.util.List.of(50), "0s", null);
    TrafficKind traffic = new TrafficKind.ReplicaRatio();
    String onConcurrent = DeployModelRequest.DEFAULT_ON_CONCURRENT;
    String progressDeadline = "30s";
    String timeout = "10m";
    String namespace = "ml";
    AccessSource access;
    String judge = "";
    /** What tags name; null where nobody is asked. */
    ImageDigests registry;
    java.util.List<String> secrets = java.util.List.of();
    volatile Duration ahead = Duration.ZERO;
    volatile RolloutState saved;

    /** A process that dies right after it has persisted a state. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    Deliveries(ToyCluster toy, String model) {
        this.toy = toy;
        this.model = model;
        this.access = toy.access();
    }

    /** Of a model that no other test of the class has. */
    static Deliveries ofTest(ToyCluster toy, TestName test) {
        return new Deliveries(toy, "m" + Integer.toHexString(test.getMethodName().hashCode()));
    }

    DeployModelRequest request(String image) {
        return DeployModelRequest.of(model, "registry.test/ml/" + image)
                .withNamespace(namespace)
                .withPods(pods())
                .withModel(ModelSettings.defaults().withReplicas(replicas))
                .withStrategy(strategy, traffic)
                .with(DeployModelRequest.DEFAULT_PAUSE, onConcurrent)
                .withTimes(progressDeadline, timeout);
    }

    private PodSettings pods() {
        PodSettings p = PodSettings.defaults();
        return new PodSettings(
                p.runtime(), p.port(), p.readyPath(), p.livePath(), p.metricsPort(), p.metricsPath(), env, p.configMaps(), secrets, p.cpu(),
                p.memory(), p.gpu(), p.nodeSelector(), p.tolerations());
    }

    DeployModel open(String image, String holder) throws Exception {
        return open(image, holder, null, state -> saved = state);
    }

    DeployModel open(String image, String holder, RolloutState from, StateStore store) throws Exception {
        DeployModelRequest asked = ImagePin.now(request(image), from, registry, environment());
        return new DeployModel(asked, toy.connections(), access, from, Deployers.judged(holder, judge), store, environment());
    }

    /** Rolls out, from beginning to end. */
    DeployModelResult deploy(String image, Gate gate) throws Exception {
        try (DeployModel deploy = open(image, "test")) {
            return deploy.run(gate);
        }
    }

    DeployModelResult deploy(String image) throws Exception {
        return deploy(image, Gate.open());
    }

    /** Ticks, with an open gate, until it has ended or the state is as wanted; the result or null. */
    DeployModelResult tickUntil(DeployModel deploy, Predicate<RolloutState> wanted) throws Exception {
        Gate.Answer answer = null;
        for (int i = 0; i < MOST_TICKS; i++) {
            if (wanted.test(deploy.state())) {
                return null;
            }
            DeployModel.Tick tick = deploy.tick(answer);
            if (tick.result() != null) {
                return tick.result();
            }
            answer = tick.question() == null ? null : Gate.open().look(tick.question());
            clock().sleep(tick.nextTick());
        }
        throw new AssertionError("it does not get there: " + deploy.state());
    }

    Environment environment() {
        return new Environment(
                (command, lines) -> {
                    throw new AssertionError("no program is run here");
                },
                clock(), Secrets.none(), told);
    }

    Clock clock() {
        return new Clock() {
            @Override
            public Instant now() {
                return Instant.now().plus(ahead);
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                Thread.sleep(Math.min(NAP_MILLIS, Math.max(0, duration.toMillis())));
            }
        };
    }

    Deployment deployment(boolean canary) {
        return toy.client().apps().deployments().inNamespace(namespace).withName(canary ? model + "-canary" : model).get();
    }

    /** What the stable version runs, such as <code>v1 x 2</code>; null when there is none. */
    String stable() {
        return words(deployment(false));
    }

    String canary() {
        return words(deployment(true));
    }

    private static String words(Deployment d) {
        return d == null ? null : d.getSpec().getTemplate().getSpec().getContainers().get(0).getImage().replaceAll(".*/", "") + " x " + d.getSpec().getReplicas();
    }

    int readyStable() {
        Integer ready = deployment(false).getStatus().getReadyReplicas();
        return ready == null ? 0 : ready;
    }
}
