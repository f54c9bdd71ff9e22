package io.jenkins.plugins.mldelivery.provision;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.NamePatterns;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerRoom;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestRun;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Kubernetes manifests on the embedded cluster. */
public class ManifestsOnClusterTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final ToyCluster toy = CLUSTER.toy();

    private final Told told = new Told();
    private Path infra;
    private ClusterAccess access;
    private NamespaceRules namespaces = NamespaceRules.any();

    @Before
    public void folder() throws Exception {
        infra = Files.createDirectory(temporary.getRoot().toPath().resolve("infra"));
        access = toy.access();
    }

    @After
    public void wipe() {
        Thread.interrupted();
        toy.proxy().faults(request -> FaultProxy.NONE);
        toy.client().configMaps().inNamespace("ml").delete();
        toy.client().configMaps().inNamespace("default").delete();
    }

    private static String configMap(String name, String data) {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\ndata:\n  key: " + data + "\n";
    }

    private ProvisionResult run(String action, boolean allowDestroy) throws Exception {
        return run(action, allowDestroy, Clock.system());
    }

    private ProvisionResult run(String action, boolean allowDestroy, Clock clock) throws Exception {
        ProvisionRequest d = ProvisionRequest.of("infra");
        return run(new ProvisionRequest(d.dir(), d.tool(), action, Map.of(), List.of(), Map.of(), allowDestroy, null,
                "ml", d.lockTimeout(), d.timeout()), clock);
    }

    private ProvisionResult run(String action, String namespace, Duration timeout) throws Exception {
        ProvisionRequest d = ProvisionRequest.of("infra");
        return run(new ProvisionRequest(d.dir(), d.tool(), action, Map.of(), List.of(), Map.of(), true, null,
                namespace, d.lockTimeout(), Durations.format(timeout)), Clock.system());
    }

    private ProvisionResult run(ProvisionRequest request, Clock clock) throws Exception {
        return new Provision(LocalWorkspace.anywhere(temporary.getRoot().toPath()), new Environment((command, lines) -> {
            throw new AssertionError("no program is run here");
        }, clock, Secrets.none(), told)).run(request, access, namespaces);
    }

    private static List<Integer> counts(ProvisionResult r) {
        return List.of(r.add(), r.change(), r.destroy());
    }

    private ConfigMap live(String name) {
        return toy.client().configMaps().inNamespace("ml").withName(name).get();
    }

    /** Others have the thread in between. */
    @Test
    public void aRunGoesOnObjectByObject() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one") + "---\n" + configMap("b", "two"));
        Environment environment = new Environment((command, lines) -> {
            throw new AssertionError("no program is run here");
        }, Clock.system(), Secrets.none(), told);
        ProvisionRequest d = ProvisionRequest.of("infra");
        ProvisionRequest request = new ProvisionRequest(d.dir(), d.tool(), "apply", Map.of(), List.of(), Map.of(), false, null,
                "ml", d.lockTimeout(), d.timeout());
        Provision provision = new Provision(LocalWorkspace.anywhere(temporary.getRoot().toPath()), environment);
        try (ManifestRun run = provision.begin(request, access, namespaces)) {
            assertFalse(run.isLarge());
            int turns = 0;
            ProvisionResult result = null;
            while (result == null) {
                result = run.advance(Duration.ZERO);
                turns++;
                assertEquals("b comes after a", live("b") != null, live("b") != null && live("a") != null);
            }
            assertTrue("placed, planned and applied one by one: " + turns, turns >= 6);
            assertEquals(List.of(2, 0, 0), counts(result));
            assertTrue(result.applied() && result.changed());
        }
        try (ManifestRun aborted = provision.begin(request, access, namespaces)) {
            assertNull(aborted.advance(Duration.ZERO));
            aborted.aborted();
            assertTrue(told.warnings().toString(), told.warnings().contains("aborted; nothing was applied"));
        }
    }

    /** The cluster has more of an object than was sent: the run goes on where it may wait for its turn, and forgets nothing. */
    @Test
    public void anObjectOfWhichTheClusterHasMoreMakesTheRunLarge() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one") + "---\n" + configMap("b", "two"));
        Map<String, String> much = new TreeMap<>();
        for (int i = 0; i < 70_000; i++) {
            much.put("k" + i, "");
        }
        AnswerRoom wide = new AnswerRoom();
        wide.widen();
        try (KubernetesClient client = KubernetesClients.open(access, TestEnvironment.quiet(), Event.Stage.PROVISION, wide)) {
            client.configMaps().resource(new ConfigMapBuilder().withNewMetadata().withName("b").withNamespace("ml").endMetadata()
                    .withData(much).build()).create();
        }
        ProvisionRequest d = ProvisionRequest.of("infra");
        Provision provision = new Provision(LocalWorkspace.anywhere(temporary.getRoot().toPath()), new Environment(
                (command, lines) -> null, Clock.system(), Secrets.none(), told));
        try (ManifestRun run = provision.begin(new ProvisionRequest(d.dir(), d.tool(), "apply", Map.of(), List.of(), Map.of(), false, null,
                "ml", d.lockTimeout(), d.timeout()), access, namespaces)) {
            assertNull(run.advance(Duration.ofMinutes(1)));
            assertTrue(run.isLarge());
            ProvisionResult result = run.advance(Duration.ZERO);
            assertEquals(List.of(1, 1, 0), counts(result));
            assertEquals(List.of("done: create ConfigMap ml/a", "done: update ConfigMap ml/b"),
                    told.notes().stream().filter(note -> note.startsWith("done")).toList());
        }
    }

    @Test
    public void aClusterForSomeNamespacesTakesNoOtherObjects() throws Exception {
        namespaces = NamespaceRules.of("prod", NamePatterns.of("ml\nteam-*"));
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        assertTrue(run("apply", false).changed());
        Map<String, String> refused = Map.of(
                "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x, namespace: default}",
                "dir: ConfigMap default/x is not among the namespaces that the cluster 'prod' is for: ml, team-*. Ask the administrator, or use one of these.",
                "kind: Namespace\napiVersion: v1\nmetadata: {name: ml, namespace: ml, labels: {pod-security.kubernetes.io/enforce: privileged}}",
                "dir: Namespace ml/ml is an object of the whole cluster, and the cluster 'prod' is only for the namespaces ml, team-*. Ask the administrator, or use one of these.");
        for (Map.Entry<String, String> manifest : refused.entrySet()) {
            Files.writeString(infra.resolve("b.yaml"), configMap("b", "one") + "---\n" + manifest.getKey());
            for (String action : List.of("plan", "apply", "destroy")) {
                toy.proxy().requests().clear();
                DeliveryException e = assertThrows(DeliveryException.class, () -> run(action, true));
                assertEquals(manifest.getValue(), e.getMessage());
                assertEquals(DeliveryException.Kind.REFUSED, e.kind());
                assertEquals("nothing is sent of any object", List.of(), toy.proxy().requests().stream()
                        .filter(r -> r.contains("/namespaces")).toList());
            }
            assertNull(live("b"));
        }
    }

    /** {@code #} and {@code ?} end the path of a request, where a pattern takes them for characters of a name. */
    @Test
    public void theNamespaceIsAName() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("secrets", "one"));
        for (NamespaceRules rules : List.of(NamespaceRules.any(), NamespaceRules.of("prod", NamePatterns.of("*-dev")))) {
            namespaces = rules;
            for (String namespace : List.of("ml#-dev", "ml?-dev", "ml/configmaps/x-dev", "/team-dev/", "..-dev", "ML-dev", "")) {
                for (String action : List.of("plan", "apply", "destroy")) {
                    toy.proxy().requests().clear();
                    DeliveryException e = assertThrows(DeliveryException.class,
                            () -> run(action, namespace, Duration.ofMinutes(1)));
                    assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
                    assertTrue(e.getMessage(), e.getMessage().startsWith("namespace: "));
                    assertEquals(List.of(), toy.proxy().requests());
                }
            }
        }
        assertThrows("whoever asks", DeliveryException.class,
                () -> namespaces.check("dir", "x", "kube-system#-dev"));
    }

    @Test
    public void aSlowClusterEndsAtTheTimeOut() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            many.append(configMap("m" + i, "one")).append("---\n");
        }
        Files.writeString(infra.resolve("a.yaml"), many);
        toy.proxy().faults(request -> {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            return FaultProxy.NONE;
        });
        Instant start = Instant.now();
        DeliveryException e = assertThrows(DeliveryException.class,
                () -> run("apply", "ml", Duration.ofSeconds(2)));
        assertEquals("timeout: the manifests were not done within 2s; nothing was applied. Give it more time, or find out why "
                + "the cluster is slow.", e.getMessage());
        assertEquals(DeliveryException.Kind.TIMEOUT, e.kind());
        assertTrue(Duration.between(start, Instant.now()).toSeconds() < 20);
    }

    @Test
    public void anAbortEndsThePlanToo() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        Thread me = Thread.currentThread();
        toy.proxy().faults(request -> {
            me.interrupt();
            return FaultProxy.NONE;
        });
        assertThrows(InterruptedException.class, () -> run("plan", false));
        assertNull(live("a"));
    }

    @Test
    public void anAbortWhileTheFilesAreReadIsNoFaultOfTheirs() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        Thread.currentThread().interrupt();
        try {
            assertThrows(InterruptedException.class, () -> run("plan", false));
        } finally {
            Thread.interrupted();
        }
        assertNull(live("a"));
    }

    @Test
    public void thereIsALimitToObjects() throws Exception {
        StringBuilder many = new StringBuilder("{apiVersion: v1, kind: List, items: [");
        for (int i = 0; i < 1001; i++) {
            many.append("{apiVersion: v1, kind: ConfigMap, metadata: {name: m").append(i).append("}},");
        }
        Files.writeString(infra.resolve("a.yaml"), many.append("]}"));
        assertEquals("dir: the manifests hold more than 1000 objects. Divide them.",
                assertThrows(DeliveryException.class, () -> run("plan", false)).getMessage());
    }

    @Test
    public void noPartOfAManifestLeadsToAnotherPath() throws Exception {
        for (String object : List.of(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: ../../default/configmaps/x}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: ..}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: '..\\..\\default\\configmaps\\x'}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: '%2e%2e%2f%2e%2e%2fdefault%2fconfigmaps%2fx'}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: 'x?fieldManager=kubelet#'}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: ../namespaces/default}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: ''}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: 7}}",
                "{apiVersion: 'v1/../v1', kind: ConfigMap, metadata: {name: x}}",
                "{apiVersion: '../api/v1', kind: ConfigMap, metadata: {name: x}}",
                "{apiVersion: v1, kind: ../ConfigMap, metadata: {name: x}}")) {
            Files.writeString(infra.resolve("a.yaml"), object);
            toy.proxy().requests().clear();
            DeliveryException e = assertThrows(object, DeliveryException.class, () -> run("apply", false));
            assertTrue(e.getMessage(), e.getMessage()
                    .matches(
                    "dir: 'a.yaml' has an object whose (apiVersion|kind|metadata.name|metadata.namespace) is not valid: '.*'\\. Correct the manifest\\."));
            assertEquals(List.of(), toy.proxy().requests());
        }
        Files.writeString(infra.resolve("a.yaml"),
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: 'system:serving_Reader'}, rules: []}");
        assertTrue("a Role's name takes more than others'", run("apply", false).changed());
        toy.client().rbac().roles().inNamespace("ml").delete();
    }

    @Test
    public void createsThenChangesThenFindsNothingToDo() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one") + "---\n# nothing here\n---\n" + configMap("b", "one"));
        Files.writeString(infra.resolve("c.json"), "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}]}");
        ProvisionResult first = run("apply", false);
        assertEquals(List.of(3, 0, 0), counts(first));
        assertEquals("kubernetes", first.tool());
        assertEquals(Map.of("key", "one"), live("a").getData());
        assertNotNull(live("c"));
        assertEquals(1, told.notes().stream().filter("plan: create ConfigMap ml/a"::equals).count());

        ProvisionResult again = run("apply", false);
        assertFalse(again.changed());
        assertFalse(again.applied());

        // What others add is theirs, and no change.
        toy.client().configMaps().inNamespace("ml").withName("a").edit(m -> m.edit().addToData("theirs", "1").build());
        assertFalse(run("apply", false).changed());

        Files.writeString(infra.resolve("a.yaml"), configMap("a", "two"));
        ProvisionResult changed = run("apply", false);
        assertEquals(List.of(0, 1, 0), counts(changed));
        assertEquals(Map.of("key", "two", "theirs", "1"), live("a").getData());
        assertFalse(first.planDigest().equals(changed.planDigest()));
    }

    @Test
    public void aPlanTouchesNothing() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        int before = toy.proxy().writes().size();
        ProvisionResult plan = run("plan", false);
        assertEquals(List.of(1, 0, 0), counts(plan));
        assertFalse(plan.applied());
        assertEquals(before, toy.proxy().writes().size());
        assertNull(live("a"));
    }

    @Test
    public void theTimeOfTheStepEndsIt() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one") + "---\n" + configMap("b", "one"));
        DeliveryException late = assertThrows(DeliveryException.class, () -> run("apply", false, overAfter("plan: 2 to add")));
        assertEquals(
                "timeout: the manifests were not done within 1h; nothing was applied."
                        + " Give it more time, or find out why the cluster is slow.",
                late.getMessage());
        assertEquals(DeliveryException.Kind.TIMEOUT, late.kind());
        assertNull(live("a"));

        DeliveryException between = assertThrows(DeliveryException.class, () -> run("apply", false, overAfter("done: create")));
        assertEquals(
                "timeout: the manifests were not done within 1h; done before: ConfigMap ml/a."
                        + " Give it more time, or find out why the cluster is slow.",
                between.getMessage());
        assertNotNull(live("a"));
        assertNull(live("b"));

        toy.proxy().requests().clear();
        Clock once = overWhen(() -> !toy.proxy().requests().isEmpty());
        DeliveryException planning = assertThrows(DeliveryException.class, () -> run("plan", false, once));
        assertEquals(DeliveryException.Kind.TIMEOUT, planning.kind());
    }

    private Clock overAfter(String note) {
        return overWhen(() -> told.notes().stream().anyMatch(n -> n.startsWith(note)));
    }

    /** A clock that is a day ahead from then on. */
    private static Clock overWhen(BooleanSupplier happened) {
        Clock system = Clock.system();
        return new Clock() {
            @Override
            public Instant now() {
                return happened.getAsBoolean() ? system.now().plus(Duration.ofDays(1)) : system.now();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                system.sleep(duration);
            }
        };
    }

    @Test
    public void whatOnlyTerraformHasIsRefused() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        ProvisionRequest d = ProvisionRequest.of("infra");
        Map<String, ProvisionRequest> refused = Map.of(
                "variables", with(d, Map.of("a", "1"), List.of(), Map.of(), null),
                "varFiles", with(d, Map.of(), List.of("a.tfvars"), Map.of(), null),
                "backendConfig", with(d, Map.of(), List.of(), Map.of("a", "1"), null),
                "executable", with(d, Map.of(), List.of(), Map.of(), "terraform"));
        for (Map.Entry<String, ProvisionRequest> request : refused.entrySet()) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> run(request.getValue(), Clock.system()));
            assertEquals(
                    request.getKey() + ": it has no effect on Kubernetes manifests."
                            + " Leave it out, or set tool if Terraform is meant.",
                    e.getMessage());
        }
        assertNull(live("a"));
    }

    private static ProvisionRequest with(
            ProvisionRequest d, Map<String, String> variables, List<String> files, Map<String, String> backend, String executable) {
        return new ProvisionRequest(d.dir(), d.tool(), d.action(), variables, files, backend, false, executable, "ml",
                d.lockTimeout(), d.timeout());
    }

    @Test
    public void destroysOnlyWhenAllowed() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        run("apply", false);
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("destroy", false));
        assertEquals("allowDestroy: the plan deletes ConfigMap ml/a; nothing was applied. Set allowDestroy if that is meant.", e.getMessage());
        assertNotNull(live("a"));
        assertEquals(List.of(0, 0, 1), counts(run("destroy", true)));
        assertNull(live("a"));
        assertFalse(run("destroy", true).changed());
    }

    /** Does something to the object a right before it would be deleted. */
    private void beforeItIsDeleted(int times, Runnable meanwhile) {
        AtomicInteger left = new AtomicInteger(times);
        toy.proxy().faults(request -> {
            if (request.equals("DELETE /api/v1/namespaces/ml/configmaps/a") && left.getAndDecrement() > 0) {
                meanwhile.run();
            }
            return FaultProxy.NONE;
        });
    }

    private void deleteByHand() {
        toy.client().configMaps().inNamespace("ml").withName("a").delete();
    }

    @Test
    public void whatSomebodyHasMadeAnewSinceThePlanIsNotDeleted() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one") + "---\n" + configMap("b", "one"));
        run("apply", false);
        beforeItIsDeleted(1, () -> {
            deleteByHand();
            toy.client().resource(new ConfigMapBuilder().withNewMetadata().withName("a").withNamespace("ml").endMetadata()
                    .addToData("key", "theirs").build()).create();
        });
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("destroy", true));
        assertEquals("dir: ConfigMap ml/a was deleted and made anew by somebody else after the plan, so it is left alone;"
                + " done before: ConfigMap ml/b. Look at it, and run this again.", e.getMessage());
        assertEquals(Map.of("key", "theirs"), live("a").getData());
    }

    @Test
    public void whatOnlyChangesMeanwhileIsDeletedAndWhatGoesIsDone() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        run("apply", false);
        AtomicInteger change = new AtomicInteger();
        Runnable edit = () -> toy.client().configMaps().inNamespace("ml").withName("a")
                .edit(m -> m.edit().addToData("count", "" + change.incrementAndGet()).build());
        beforeItIsDeleted(1000, edit);
        DeliveryException e = assertThrows("not for ever", DeliveryException.class, () -> run("destroy", true));
        assertTrue(e.getMessage(), e.getMessage().startsWith("cluster: could not delete ConfigMap ml/a: "));
        assertNotNull(live("a"));
        beforeItIsDeleted(4, edit);
        assertEquals(List.of(0, 0, 1), counts(run("destroy", true)));
        assertNull(live("a"));

        run("apply", false);
        beforeItIsDeleted(1, this::deleteByHand);
        assertEquals(List.of(0, 0, 1), counts(run("destroy", true)));
        assertNull(live("a"));
    }

    @Test
    public void namespacesComeFirstAndAnObjectMayNameItsOwn() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one").replace("name: a", "name: a\n  namespace: team"));
        Files.writeString(infra.resolve("z.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n");
        assertEquals(List.of(2, 0, 0), counts(run("apply", false)));
        assertNotNull(toy.client().configMaps().inNamespace("team").withName("a").get());
        assertEquals(List.of(0, 0, 2), counts(run("destroy", true)));
    }

    @Test
    public void whatCanNotBeReadIsNamedByItsFile() throws Exception {
        Files.writeString(infra.resolve("bad.yaml"), "apiVersion: v1\nkind: [ConfigMap\n");
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        String unreadable = "dir: 'bad.yaml'(, line \\d+,)? can't be read as YAML\\. Correct it\\.";
        assertTrue(e.getMessage(), e.getMessage().matches(unreadable));
        for (String bad : List.of("just text\n", "- a\n- b\n", "apiVersion: v1\nkind: ConfigMap\n", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [x]\n")) {
            Files.writeString(infra.resolve("bad.yaml"), bad);
            e = assertThrows(bad, DeliveryException.class, () -> run("apply", false));
            assertTrue(e.getMessage(), e.getMessage().startsWith("dir: ") && !e.getMessage().contains("\n"));
        }
        Files.write(infra.resolve("bad.yaml"), "\uFEFFa: 1\n".getBytes(StandardCharsets.UTF_16LE));
        e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertEquals("dir: 'bad.yaml' is not text in UTF-8. Save it in UTF-8.", e.getMessage());
        assertEquals(2, e.kind().exitCode());
        Files.writeString(infra.resolve("bad.yaml"), "---\n# only a comment\n");
        assertEquals("dir: the manifests hold no object. Put Kubernetes objects into them.", assertThrows(DeliveryException.class, () -> run("apply", false)).getMessage());
    }

    @Test
    public void jsonOfProgramsThatWriteTabsIsApplied() throws Exception {
        String json = "{\n\t\"apiVersion\":\t\"v1\",\n\t\"kind\":\t\"ConfigMap\",\n"
                + "\t\"metadata\":\t{\"name\":\t\"%s\"},\n\t\"data\":\t{\"key\":\t\"http:\\/\\/h\"}\n}\n";
        Files.writeString(infra.resolve("a.json"), json.formatted("a") + json.formatted("b"));
        Files.writeString(infra.resolve("c.yaml"), configMap("c", "one") + "---\n\uFEFF" + json.formatted("d"));
        assertEquals(List.of(4, 0, 0), counts(run("apply", false)));
        assertEquals("http://h", live("a").getData().get("key"));
        assertEquals(List.of(0, 0, 4), counts(run("destroy", true)));
    }

    @Test
    public void tagsMakeNoObjectsOfJavaTypes() throws Exception {
        Path marker = temporary.getRoot().toPath().resolve("marker");
        String stream = "!!java.io.FileOutputStream [\"" + marker + "\"]";
        for (String value : List.of(stream, "!!javax.script.ScriptEngineManager one", "!!str one")) {
            Files.writeString(infra.resolve("a.yaml"), configMap("a", value));
            DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
            assertEquals(
                    "dir: 'a.yaml', line 6, has a tag (!name). Remove it; write a text in quotes.", e.getMessage());
            assertFalse(Files.exists(marker));
        }
    }

    @Test
    public void aKindThatTheClusterDoesNotKnowIsNamed() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: churn\n");
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertTrue(e.getMessage(), e.getMessage().startsWith("dir: the cluster does not know InferenceService of serving.kserve.io/v1beta1 (object churn)."));
    }

    @Test
    public void fieldsOfSomebodyElseAreNotTaken() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        run("apply", false);
        toy.client().configMaps().inNamespace("ml").withName("a").edit(m -> m.edit().addToData("key", "theirs").build());
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertTrue(e.getMessage(), e.getMessage().startsWith("dir: ConfigMap ml/a has fields that somebody else manages: Apply failed with 1 conflict"));
        assertEquals(Map.of("key", "theirs"), live("a").getData());
    }

    @Test
    public void whatIsNotPermittedOrNotThereIsNamed() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one").replace("name: a", "name: a\n  namespace: nowhere"));
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertEquals("namespace: there is no namespace 'nowhere' for ConfigMap nowhere/a. Add it to the manifests or create it first.", e.getMessage());
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        toy.proxy().faults(request -> request.contains("/configmaps") ? 403 : FaultProxy.NONE);
        e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertEquals("cluster: could not plan ConfigMap ml/a: the user may not do that here. Grant this right to the cluster's login.", e.getMessage());
    }

    @Test
    public void anErrorInTheMiddleTellsWhatWasDone() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one") + "---\n" + configMap("b", "one"));
        toy.proxy().faults(request -> request.contains("/configmaps/b") && !request.contains("dryRun") && request.startsWith("PATCH") ? 403 : FaultProxy.NONE);
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertEquals(
                "cluster: could not create ConfigMap ml/b: the user may not do that here; done before: ConfigMap ml/a."
                        + " Grant this right to the cluster's login.",
                e.getMessage());
    }

    @Test
    public void anUnreachableClusterIsOneSentence() throws Exception {
        Files.writeString(infra.resolve("a.yaml"), configMap("a", "one"));
        access = ClusterAccess.server("http://127.0.0.1:1", null, SecretText.of("token"));
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false));
        assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
        assertEquals("cluster: could not plan ConfigMap a: no connection to http://127.0.0.1:1. Check the kubeconfig's server address, and that the cluster is up.", e.getMessage());
    }
}
