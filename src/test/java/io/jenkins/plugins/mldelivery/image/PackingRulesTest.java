package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class PackingRulesTest {
    private static final PackingRules DEFAULT = new PackingRules(List.of());

    @Test
    public void secretsAndLeftoversAreLeftOut() {
        for (String name : List.of(
                ".env", "code/.env", ".env.production", ".ENV", ".git", ".gitattributes", ".git/config", ".ssh/id", ".aws/credentials", ".kube/config", "kubeconfig", ".netrc", ".pypirc",
                ".npmrc", ".docker/config.json", "server.key", "a/b/id_rsa", "id_rsa.pub", "id_ed25519", "credentials.json", "service-account-prod.json", "terraform.tfstate",
                "infra/terraform.tfstate.backup", "prod.tfvars", "code/__pycache__/a.pyc", ".ipynb_checkpoints", ".mlflow/x", "store.p12", ".DS_Store", "x/.cache/huggingface", "gha-creds-0123456789abcdef.json",
                ".config/gcloud/credentials.db", ".config/containers/auth.json", ".dvc/config.local", ".huggingface/token",
                "code/.streamlit/secrets.toml", "prod.env", "kubeconfig.yaml", "kaggle.json", "release.tfplan",
                "credentials.tfrc.json", ".bash_history", ".python_history", "pip.conf")) {
            assertTrue(name, DEFAULT.leavesOut(name));
        }
    }

    @Test
    public void whatBelongsToAModelStays() {
        for (String name : List.of(
                "MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", "model.pkl", "input_example.json", "code/score.py", "code/environment.py", "env", "environment.yml", "tokenizer.json",
                "config.json", "vocab.txt", "monkey.onnx", "keys.txt", "git.txt", "credentials.py", "metadata/MLmodel", "ca.pem", "registered_model_meta", "config", "model.dvc", "history", "secrets.py", "config.pbtxt", "1/model.plan")) {
            assertFalse(name, DEFAULT.leavesOut(name));
        }
    }

    @Test
    public void includeKeepsNamesAnywhereAndPaths() {
        PackingRules rules = new PackingRules(List.of(".env", "*.KEY", ".ssh/config", "certs/?.p12"));
        for (String name : List.of(".env", "a/.env", "b/server.key", ".ssh/config", "certs/a.p12")) {
            assertFalse(name, rules.leavesOut(name));
        }
        for (String name : List.of(".env.local", ".ssh", ".ssh/id", "x/.ssh/config", "certs/ab.p12", "a.p12")) {
            assertTrue(name, rules.leavesOut(name));
        }
        assertFalse("a folder that is included is packed whole", new PackingRules(List.of(".ssh")).leavesOut(".ssh/id_rsa"));
        assertTrue(rules.includesWithin());
        assertFalse(new PackingRules(List.of(".env")).includesWithin());
        assertTrue(DEFAULT.looksInto("a/ca.pem") && DEFAULT.looksInto("sa.JSON"));
        assertFalse(new PackingRules(List.of("ca.pem")).looksInto("a/ca.pem"));
    }

    @Test
    public void starsMatchAsTheyDoInShells() {
        for (String[] match : new String[][] {{"*", "x"}, {"*", ""}, {"a*b*c", "abc"}, {"a*b*c", "aXbYbZc"}, {"**a", "ba"}, {"?", "x"}, {"a?c", "abc"}}) {
            assertTrue(match[0] + " " + match[1], NamePattern.of(match[0]).matches(List.of(match[1])));
        }
        for (String[] match : new String[][] {{"a*b*c", "aXbYbZ"}, {"?", ""}, {"?", "xy"}, {"a", "ab"}, {"*a", "ab"}, {"", "a"}}) {
            assertFalse(match[0] + " " + match[1], NamePattern.of(match[0]).matches(List.of(match[1])));
        }
    }

    @Test(timeout = 5000)
    public void manyStarsTakeNoTime() {
        assertFalse(NamePattern.of("a*".repeat(2000) + "b").matches(List.of("a".repeat(4000))));
    }

    @Property(trials = 500)
    public void anyPattern(@From(HostileText.class) @HostileText.Like({"certs/*.pem", ".env"}) String text) {
        HostileText.survives(text, () -> new PackingRules(List.of(text.substring(0, Math.min(4096, text.length())))).leavesOut("certs/a.pem"));
    }

    /** The reference lists each name that is left out, and no other. */
    @Test
    public void theReferenceListsThem() throws Exception {
        String page = Files.readString(Repository.root().resolve("docs/reference/build-image.md"));
        int from = page.indexOf("## What is left out");
        assertTrue("no such heading", from >= 0);
        String section = page.substring(from, page.indexOf("\n## ", from + 1));
        Stream<String> rows = section.lines().filter(line -> line.startsWith("| ") && !line.startsWith("| by their content |"));
        List<String> documented = rows.flatMap(row -> {
            Matcher names = Pattern.compile("`([^`]+)`").matcher(row);
            return names.results().map(r -> r.group(1));
        }).sorted().toList();
        assertEquals(PackingRules.leftOut().stream().sorted().toList(), documented.stream().map(n -> n.toLowerCase(java.util.Locale.ROOT)).sorted().toList());
    }
}
