package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Every bad parameter is named before anything is touched. */
public class DeployModelChecksTest {
    private static final String DIGEST = "@sha256:" + "0123456789abcdef".repeat(4);

    private String name = "churn";
    private String namespace = "ml";
    private String image = "registry.example.com/ml/churn" + DIGEST;
    private int replicas = 3;
    private Integer port = 8080;
    private String readyPath = "/ready";
    private String metricsPath = "/metrics";
    private Map<String, String> env = Map.of();
    private String cpu;
    private String memory;
    private List<Integer> steps = List.of(10, 50);
    private String hold = "1m30s";
    private TrafficKind traffic = new TrafficKind.ReplicaRatio();
    private boolean requireDigest;
    private String progressDeadline = "5m";
    private String timeout = "1h";

    @Test
    public void takesAGoodRequestApart() throws Exception {
        cpu = "500m";
        memory = "1.5Gi";
        env = Map.of("LOG_LEVEL", "info", "my.setting-1", "");
        DeployModelChecks.Checked checked = DeployModelChecks.check(request());
        List<TrafficStep> wanted = List.of(
                new TrafficStep(new TrafficSplit(10, 0), Duration.ofSeconds(90), false), new TrafficStep(new TrafficSplit(50, 0), Duration.ofSeconds(90), false));
        assertEquals(new DeployModelChecks.Checked(wanted, null, OnConcurrent.WAIT, Duration.ofMinutes(5), Duration.ofHours(1)), checked);
        DeployModelChecks.check(DeployModelRequest.of("churn", "churn:1"));
    }

    @Test
    public void namesABadName() {
        for (String bad : Arrays.asList(null, "", "Churn", "-churn", "churn-", "a_b", "a.b", "9lives", "c".repeat(51), "churn\n")) {
            name = bad;
            refused("name");
        }
    }

    @Test
    public void namesABadNamespace() {
        for (String bad : Arrays.asList(null, "", "ML", "a/b", "n".repeat(64))) {
            namespace = bad;
            refused("namespace");
        }
    }

    @Test
    public void namesABadObjectOfTheTraffic() throws Exception {
        for (String bad : Arrays.asList(null, "", "Public", "a..b", ".a", "a.", "a_b", "a.-b", "l".repeat(64), "a.".repeat(126) + "ab")) {
            traffic = new TrafficKind.Gateway(bad);
            refused("route");
            traffic = new TrafficKind.Istio(bad, null);
            refused("virtualService");
            traffic = new TrafficKind.Nginx(bad);
            refused("ingress");
            if (bad != null) {
                traffic = new TrafficKind.Istio("churn", bad);
                refused("destinationRule");
            }
        }
        traffic = new TrafficKind.Gateway("a.".repeat(126) + "b");
        DeployModelChecks.check(request());
        traffic = new TrafficKind.Nginx("a.".repeat(126) + "b"); // -canary is added
        refused("ingress");
    }

    @Test
    public void namesABadImage() {
        for (String bad : Arrays.asList(null, "", "UPPER", "a b", "churn:", "churn@sha256:12", "https://registry/churn")) {
            image = bad;
            refused("image");
        }
    }

    @Test
    public void asksForADigestWhereItIsRequired() {
        requireDigest = true;
        image = "registry.example.com/ml/churn:1";
        assertTrue(refused("image").getMessage().contains("digest"));
    }

    @Test
    public void namesBadNumbers() {
        replicas = 0;
        refused("replicas");
        replicas = 10_001;
        refused("replicas");
        replicas = 3;
        for (int bad : new int[] {0, -1, 65_536}) {
            port = bad;
            refused("port");
        }
    }

    @Test
    public void namesBadPaths() {
        for (String bad : List.of("", "ready", "/a b", "/a?b", "/a#b", "http://x/y")) {
            readyPath = bad;
            refused("readyPath");
        }
        readyPath = "/ready";
        metricsPath = "metrics";
        refused("metricsPath");
    }

    @Test
    public void namesBadQuantities() {
        for (String bad : List.of("", "x", "0", "-1", "1Gb", "1 Gi")) {
            cpu = bad;
            refused("cpu");
        }
        cpu = null;
        memory = "lots";
        refused("memory");
    }

    @Test
    public void namesABadEnvironmentVariable() {
        for (String bad : List.of("", "A B", "A=B", "1A")) {
            env = Map.of(bad, "x");
            refused("env");
        }
    }

    @Test
    public void namesBadSteps() {
        for (List<Integer> bad : List.of(
                List.<Integer>of(), List.of(0), List.of(100), List.of(50, 10), List.of(10, 10), List.of(-5, 10), List.of(10, 50, 101))) {
            steps = bad;
            refused("steps");
        }
    }

    @Test
    public void namesBadDurations() {
        for (String bad : Arrays.asList(null, "", "5", "5 m", "-5m", "soon", "99999999999999999999s")) {
            hold = bad;
            refused("hold");
        }
        hold = "0s";
        progressDeadline = "999ms";
        refused("progressDeadline");
        progressDeadline = "x";
        refused("progressDeadline");
        progressDeadline = "5m";
        for (String bad : List.of("0s", "x")) {
            timeout = bad;
            refused("timeout");
        }
    }

    @Test
    public void aHoldLongerThanTheTimeoutIsNamed() {
        hold = "1h";
        timeout = "1h";
        steps = Collections.singletonList(10);
        refused("timeout");
    }

    private DeliveryException refused(String parameter) {
        DeliveryException e = assertThrows(parameter, DeliveryException.class, () -> DeployModelChecks.check(request()));
        assertEquals(e.getMessage(), parameter, e.parameter());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        return e;
    }

    private DeployModelRequest request() {
        PodSettings d = PodSettings.defaults();
        PodSettings pods = new PodSettings(
                d.runtime(), port, readyPath, d.livePath(), d.metricsPort(), metricsPath, env, d.configMaps(), d.secrets(), cpu, memory, d.gpu(), d.nodeSelector(), d.tolerations());
        return DeployModelRequest.of(name, image)
                .withNamespace(namespace)
                .withPods(pods)
                .withModel(ModelSettings.defaults().withReplicas(replicas))
                .withStrategy(new Strategy.Canary(steps, hold, null), traffic)
                .withRequireDigest(requireDigest)
                .withTimes(progressDeadline, timeout);
    }
}
