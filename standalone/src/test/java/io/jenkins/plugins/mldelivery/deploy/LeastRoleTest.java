package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The Role in the docs against the calls that rollouts really make: it permits every one of them, and nothing of it (but what the page marks as optional) is needless. */
public class LeastRoleTest {
    private static final Pattern CALL = Pattern.compile("([A-Z]+) /(?:api/v1|apis/([^/]+)/[^/]+)/namespaces/ml/([^/?]+)(?:/([^/?]+)(?:/([^/?]+))?)?(?:\\?(.*))?.*");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theRolePermitsJustTheCallsOfRollouts() throws Exception {
        Set<String> made;
        try (ToyCluster toy = new ToyCluster(folder.getRoot().toPath())) {
            Deliveries churn = new Deliveries(toy, "churn");
            assertEquals("installed", churn.deploy("v1").result());
            assertEquals("unchanged", churn.deploy("v1").result());
            assertEquals("promoted", churn.deploy("v2").result());
            assertEquals("rolledBack", churn.deploy("v3", facts -> Gate.Answer.of(Verdict.FAIL, "errors")).result());
            churn.progressDeadline = "5s";
            assertEquals("rolledBack", churn.deploy("crash").result());
            try (DeployModel deploy = churn.open("v2", "reader")) {
                deploy.podMetrics().scrape(Track.STABLE);
            }
            assertEquals("rolledBack", new Deliveries(toy, "broken").deploy("crash").result());
            made = calls(toy.proxy().requests());
        }
        Set<String> needless = new TreeSet<>(rights(false));
        needless.removeAll(made);
        assertEquals("printed, but no rollout needs it", Set.of(), needless);
        // What the page says in words: where it may not be listed, a kind is passed over.
        made.removeIf(right -> right.startsWith("list ") && !right.equals("list pods"));
        made.removeAll(rights(true));
        assertEquals("needed, but not printed", Set.of(), made);
    }

    private static Set<String> calls(List<String> requests) {
        Set<String> rights = new TreeSet<>();
        for (String request : requests) {
            Matcher call = CALL.matcher(request);
            if (!call.matches()) {
                assertTrue("a call that this test does not understand: " + request, request.matches(".*(/namespaces/(ml|kube-system)|selfsubjectaccessreviews|/apis|/api)(/[a-z0-9.]+(/v[0-9a-z]+)?)?$"));
                continue;
            }
            boolean one = call.group(4) != null;
            String group = call.group(2) == null ? "" : "." + call.group(2);
            String resource = call.group(3) + (call.group(5) == null ? "" : "/" + call.group(5)) + group;
            boolean watch = String.valueOf(call.group(6)).contains("watch=");
            switch (call.group(1)) {
                case "GET" -> rights.add((watch ? "watch " : one ? "get " : "list ") + resource);
                case "POST" -> rights.add("create " + resource);
                case "PUT" -> rights.add("update " + resource);
                case "DELETE" -> rights.add("delete " + resource);
                default -> {
                    // A server-side apply creates what is not there.
                    rights.add("patch " + resource);
                    rights.add("create " + resource);
                }
            }
        }
        return rights;
    }

    /** The rights of the printed Role. */
    private static Set<String> rights(boolean alsoOptional) throws Exception {
        String page = Files.readString(Repository.root().resolve("docs/reference/deploy-model.md"));
        Matcher yaml = Pattern.compile("(?s)### Rights.*?```yaml\\n(.*?)```").matcher(page);
        assertTrue("no Role is printed", yaml.find());
        String role = alsoOptional ? yaml.group(1) : yaml.group(1).lines().filter(line -> !line.contains("# only with")).reduce("", (a, b) -> a + b + "\n");
        Set<String> rights = new TreeSet<>();
        for (PolicyRule rule : Serialization.unmarshal(role, Role.class).getRules()) {
            for (String resource : rule.getResources()) {
                String group = rule.getApiGroups().get(0).isEmpty() ? "" : "." + rule.getApiGroups().get(0);
                rule.getVerbs().forEach(verb -> rights.add(verb + " " + resource + group));
            }
        }
        return rights;
    }
}
