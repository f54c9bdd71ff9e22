package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** Every bad parameter of the pods and of what surrounds them is named before anything is touched. */
public class ModelChecksTest {
    private static final String MANIFESTS = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {containers: [{name: a, image: b}]}}}}";

    private String runtime = "v2";
    private String livePath;
    private Integer metricsPort;
    private Map<String, String> env = Map.of();
    private List<String> configMaps = List.of();
    private List<String> secrets = List.of();
    private String cpu = "1";
    private String memory;
    private int gpu;
    private Map<String, String> nodeSelector = Map.of();
    private List<String> tolerations = List.of();
    private Autoscale autoscale;
    private String disruptionBudget = "1";
    private List<String> allowFrom = List.of();
    private String serviceAccount;
    private Map<String, String> identity = Map.of();
    private String manifests;

    @Test
    public void takesWhatIsRight() throws Exception {
        configMaps = List.of("a.b-c");
        gpu = 2;
        nodeSelector = Map.of("kubernetes.io/arch", "amd64", "empty", "");
        tolerations = List.of("key", "example.com/key=value:NoSchedule", "key:NoExecute", "key=");
        allowFrom = List.of("ingress-nginx", "app=web", "app.kubernetes.io/name=gateway", "istio/app.kubernetes.io/name=gateway", "10.0.0.0/8", "fd00::/8", "1.2.3.4/32");
        serviceAccount = "serving";
        identity = Map.of("iam.gke.io/gcp-service-account", "x@y");
        autoscale = new Autoscale(1, 1, 80, null, Map.of("http_requests", "500m"), null, Map.of());
        for (String budget : List.of("none", "0", "3", "100%", "25%")) {
            disruptionBudget = budget;
            check();
        }
        autoscale = new Autoscale(2, 9, null, null, Map.of(), "https://prom.example.com/x", Map.of("up", "0.5"));
        check();
        for (Runtime r : Runtime.values()) {
            runtime = r.word();
            check();
        }
    }

    @Test
    public void namesBadServersAndPorts() {
        runtime = "onnx";
        assertTrue(refused("runtime").getMessage().contains("tensorflow-serving"));
        runtime = "v2";
        metricsPort = 0;
        refused("metricsPort");
        metricsPort = null;
        for (String path : List.of("live", "/../../../../kube-system/secrets/s", "/a/..", "/./a", "/a?b", "/a%2e%2e")) {
            livePath = path;
            refused("livePath");
        }
    }

    @Test
    public void namesBadConfiguration() {
        for (String bad : List.of("", "A", "a_b", "-a", "a/b")) {
            configMaps = List.of(bad);
            refused("configMaps");
        }
        configMaps = List.of("a", "a");
        refused("configMaps");
        configMaps = List.of();
        secrets = List.of("no name");
        refused("secrets");
    }

    @Test
    public void namesBadPlaces() {
        gpu = -1;
        refused("gpu");
        gpu = 0;
        for (Map<String, String> bad : List.of(Map.of("", "x"), Map.of("a b", "x"), Map.of("a", "x y"), Map.of("a", "-"), Map.of("A.com/", "x"))) {
            nodeSelector = bad;
            refused("nodeSelector");
        }
        nodeSelector = Map.of();
        for (String bad : List.of("", "a b", "key:Never", "key=v v:NoSchedule", "=v", "key:")) {
            tolerations = List.of(bad);
            refused("tolerations");
        }
    }

    @Test
    public void namesWhoCannotBeLetIn() {
        for (String bad : List.of("", "Ingress", "a b", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "300.0.0.0/8", "fd00::/129", "fd00::zz/8", "a/b", "ns/=x", "=x", "app=a b", "UP/app=x", "10.0.0.0/8/8")) {
            allowFrom = List.of(bad);
            refused("allowFrom");
        }
    }

    @Test
    public void namesBadSurroundings() {
        for (String bad : Arrays.asList(null, "", "-1", "101%", "half", "1.5", "123456", "%")) {
            disruptionBudget = bad;
            refused("disruptionBudget");
        }
        disruptionBudget = "1";
        serviceAccount = "My Account";
        refused("serviceAccount");
        serviceAccount = null;
        identity = Map.of("no key", "x");
        refused("identity");
    }

    @Test
    public void namesBadAutoscaling() {
        Map<String, String> none = Map.of();
        for (Autoscale bad : List.of(
                new Autoscale(0, 3, 80, null, none, null, none),
                new Autoscale(3, 2, 80, null, none, null, none),
                new Autoscale(1, 3, 0, null, none, null, none),
                new Autoscale(1, 3, null, null, none, null, none),
                new Autoscale(1, 3, null, 80, none, null, none),
                new Autoscale(1, 3, 80, null, Map.of("m", "many"), null, none),
                new Autoscale(1, 3, 80, null, Map.of(" ", "1"), null, none),
                new Autoscale(1, 3, 80, null, none, "http://prom", none),
                new Autoscale(1, 3, 80, null, none, null, Map.of("up", "1")),
                new Autoscale(1, 3, 80, null, none, "prom:9090", Map.of("up", "1")),
                new Autoscale(1, 3, 80, null, none, "http://a b", Map.of("up", "1")),
                new Autoscale(1, 3, 80, null, none, "http://prom", Map.of("up", "0")),
                new Autoscale(1, 3, 80, null, none, "http://prom", Map.of("up", "500m")),
                new Autoscale(1, 3, 80, null, none, "http://prom", Map.of("up", "1".repeat(1_000_000) + "x")),
                new Autoscale(1, 3, 80, null, Map.of("m", "1".repeat(1_000_000)), null, none),
                new Autoscale(1, 3, 80, null, Map.of("m", "1"), "http://prom", Map.of("up", "1")))) {
            autoscale = bad;
            refused("autoscale");
        }
        cpu = null;
        autoscale = Autoscale.defaults();
        assertTrue(refused("autoscale").getMessage().contains("Give the request of a pod as cpu of mlDeployModel"));
    }

    /** The pattern for a value took quadratic time, and so do numbers of many digits. */
    @Test(timeout = 20_000)
    public void longValuesAreRefusedAtOnce() {
        String digits = "1".repeat(2_000_000);
        autoscale = new Autoscale(1, 3, null, null, Map.of(), "http://prom", Map.of("up", digits + "x"));
        assertTrue(refused("autoscale").getMessage().length() < 500);
        autoscale = new Autoscale(1, 3, null, null, Map.of("m", digits), null, Map.of());
        assertTrue(refused("autoscale").getMessage().length() < 500);
    }

    @Test
    public void namesWhatManifestsLeaveNoRoomFor() throws Exception {
        cpu = null;
        manifests = MANIFESTS;
        autoscale = Autoscale.defaults();
        check();
        manifests = MANIFESTS + "\n---\n{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: x}}";
        refused("autoscale");
        manifests = "no object";
        autoscale = null;
        refused("manifests");
        manifests = MANIFESTS;
        List<Runnable> settings = new ArrayList<>(List.of(
                () -> cpu = "1", () -> memory = "1Gi", () -> gpu = 1, () -> env = Map.of("A", "1"), () -> livePath = "/live", () -> configMaps = List.of("a"), () -> secrets = List.of("a"),
                () -> nodeSelector = Map.of("a", "b"), () -> tolerations = List.of("a"), () -> serviceAccount = "a", () -> identity = Map.of("a", "b")));
        List<String> named = new ArrayList<>();
        for (Runnable setting : settings) {
            setting.run();
            named.add(assertThrows(DeliveryException.class, this::check).parameter());
            forget();
        }
        assertEquals(List.of("cpu", "memory", "gpu", "env", "livePath", "configMaps", "secrets", "nodeSelector", "tolerations", "serviceAccount", "identity"), named);
    }

    private void forget() {
        cpu = null;
        memory = null;
        gpu = 0;
        env = Map.of();
        livePath = null;
        configMaps = List.of();
        secrets = List.of();
        nodeSelector = Map.of();
        tolerations = List.of();
        serviceAccount = null;
        identity = Map.of();
    }

    private DeliveryException refused(String parameter) {
        DeliveryException e = assertThrows(parameter, DeliveryException.class, this::check);
        assertEquals(e.getMessage(), parameter, e.parameter());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        return e;
    }

    private void check() throws DeliveryException {
        PodSettings pods = new PodSettings(runtime, null, null, livePath, metricsPort, null, env, configMaps, secrets, cpu, memory, gpu, nodeSelector, tolerations);
        ModelChecks.check(DeployModelRequest.of("churn", "churn:1").withPods(pods).withModel(new ModelSettings(3, autoscale, disruptionBudget, allowFrom, serviceAccount, identity, manifests)));
    }
}
