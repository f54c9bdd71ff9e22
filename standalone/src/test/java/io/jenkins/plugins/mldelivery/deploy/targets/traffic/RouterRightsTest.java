package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import java.util.ArrayList;
import java.util.List;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** A router needs the rights that it names and no other: tried where there is real authorization (-Dkubeconfig=FILE), under a Role of each. */
public class RouterRightsTest {
    @ClassRule
    public static final RouterCluster CLUSTER = new RouterCluster();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static final String[][] OBJECTS = {
        {"gateway.networking.k8s.io", "httproutes", "HTTPRoute", "{parentRefs: [{name: g}], rules: [{backendRefs: [{name: churn, port: 80}]}]}"},
        {"networking.istio.io", "virtualservices", "VirtualService", "{hosts: [churn], http: [{route: [{destination: {host: churn, subset: stable}}]}]}"},
        {"networking.istio.io", "destinationrules", "DestinationRule", "{host: churn}"},
        {"networking.k8s.io", "ingresses", "Ingress", "{defaultBackend: {service: {name: churn, port: {number: 80}}}}"},
    };

    @Test
    public void theRightsNamedAreEnoughAndEachIsNeeded() throws Exception {
        for (String[] object : OBJECTS) {
            CLUSTER.create(
                    ClusterObject.type(object[0], "v1", object[1], object[2], true),
                    "apiVersion: " + object[0] + "/v1\nkind: " + object[2] + "\nmetadata: {name: rights}\nspec: " + object[3]);
        }
        GenericKubernetesResource route = null;
        while (route == null || route.getAdditionalProperties().get("status") == null) {
            Thread.sleep(20);
            route = CLUSTER.read(ClusterObject.type("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true), "rights");
        }
        List<String> checked = new ArrayList<>();
        for (TrafficKind kind : List.of(new TrafficKind.Gateway("rights"), new TrafficKind.Istio("rights", "rights"), new TrafficKind.Nginx("rights"), new TrafficKind.ReplicaRatio())) {
            Strategy strategy = kind.routed() ? Strategy.Canary.defaults() : Strategy.BlueGreen.defaults();
            List<Right> rights = CLUSTER.router(strategy, kind).rights();
            rights.forEach(r -> checked.add(r.resource()));
            assumeTrue("only a real cluster has authorization", CLUSTER.isReal());
            role(kind, rights, null, null);
            rollout(kind, strategy);
            for (Right right : rights) {
                for (String verb : right.verbs()) {
                    role(kind, rights, right, verb);
                    assertEquals(kind + " needs no right to " + verb + " " + right.resource(), 403, assertThrows(KubernetesClientException.class, () -> {
                        try {
                            rollout(kind, strategy);
                        } catch (DeliveryException e) {
                            throw new KubernetesClientException(e.getMessage(), e.getMessage().contains("forbidden") ? 403 : 0, null);
                        } finally {
                            RouterCluster.route(CLUSTER.router(strategy, kind), TrafficSplit.STABLE_ONLY);
                        }
                    }).getCode());
                }
            }
        }
        assertTrue(checked.toString(), checked.containsAll(List.of("httproutes", "virtualservices", "destinationrules", "ingresses", "services")));
    }

    private static void rollout(TrafficKind kind, Strategy strategy) throws Exception {
        Config config = new ConfigBuilder(CLUSTER.client().getConfiguration()).withImpersonateUsername(user(kind)).build();
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
            ClusterRouter router = CLUSTER.router(client, RouterCluster.MODEL, strategy, kind);
            router.checkAccess();
            RouterCluster.route(router, new TrafficSplit(100, 0));
            router.observe();
            RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        }
    }

    private static String user(TrafficKind kind) {
        return "router-" + kind.getClass().getSimpleName();
    }

    /** A Role with the rights, but for one verb of one of them. */
    private static void role(TrafficKind kind, List<Right> rights, Right less, String verb) throws Exception {
        List<PolicyRule> rules = new ArrayList<>();
        for (Right right : rights) {
            List<String> verbs = right.verbs().stream().filter(v -> right != less || !v.equals(verb)).toList();
            if (!verbs.isEmpty()) {
                rules.add(new PolicyRuleBuilder().withApiGroups(right.group()).withResources(right.resource()).withResourceNames(right.names()).withVerbs(verbs).build());
            }
        }
        String name = user(kind).toLowerCase(java.util.Locale.ROOT);
        CLUSTER.client().resource(new RoleBuilder().withNewMetadata().withName(name).withNamespace(CLUSTER.namespace()).endMetadata().withRules(rules).build()).serverSideApply();
        CLUSTER.client().resource(new RoleBindingBuilder()
                        .withNewMetadata().withName(name).withNamespace(CLUSTER.namespace()).endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", name)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user(kind), null).build())
                .serverSideApply();
        settle(kind, rights, less, verb);
    }

    /** Authorization follows a change of a Role after a moment. */
    private static void settle(TrafficKind kind, List<Right> rights, Right less, String verb) throws Exception {
        for (Right right : rights) {
            for (String each : List.of("get", "create", "update", "patch", "delete")) {
                for (String name : right.names()) {
                    boolean wanted = rights.stream().anyMatch(r -> r.resource().equals(right.resource()) && r.names().contains(name) && r.verbs().contains(each) && !(r == less && each.equals(verb)));
                    while (allowed(kind, right, each, name) != wanted) {
                        Thread.sleep(20);
                    }
                }
            }
        }
    }

    private static boolean allowed(TrafficKind kind, Right right, String verb, String name) {
        return CLUSTER.client().authorization().v1().subjectAccessReview().create(new SubjectAccessReviewBuilder()
                .withNewSpec().withUser(user(kind))
                .withNewResourceAttributes().withNamespace(CLUSTER.namespace()).withGroup(right.group()).withResource(right.resource()).withVerb(verb).withName(name).endResourceAttributes()
                .endSpec().build()).getStatus().getAllowed();
    }
}
