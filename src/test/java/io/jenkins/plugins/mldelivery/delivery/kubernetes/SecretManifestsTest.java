package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.SensitiveValues;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class SecretManifestsTest {
    private static final String MANIFEST =
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: login}
            data: {password: aHVudGVyLTIy, short: YQ==, broken: "%%%not-base64"}
            stringData: {token: pl4in-token}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {region: eu-west-1}
            """;

    private static List<GenericKubernetesResource> read(String text) throws DeliveryException {
        return new ManifestReader("dir").read("'a.yaml'", text);
    }

    @Test
    public void valuesOfSecretsAreFoundAndThoseOfOthersAreNot() throws Exception {
        assertEquals(
                Set.of("hunter-22", "pl4in-token"),
                SecretManifests.values(read(MANIFEST.replace(", broken: \"%%%not-base64\"", ""))).secrets().stream()
                        .map(SecretText::reveal)
                        .collect(java.util.stream.Collectors.toSet()));
    }

    @Test
    public void aListOfNothingHoldsNothing() throws Exception {
        assertEquals(List.of(), read("{apiVersion: v1, kind: List, items: null}"));
        assertEquals(1, read("{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}").size());
    }

    @Test
    public void moreThanCanBeMaskedIsTold() throws Exception {
        StringBuilder text = new StringBuilder("{apiVersion: v1, kind: Secret, metadata: {name: many}, stringData: {");
        for (int i = 0; i <= SensitiveValues.MAX_VALUES; i++) {
            text.append(i == 0 ? "" : ", ").append("k").append(i).append(": secret-value-").append(i);
        }
        List<Event> events = new ArrayList<>();
        SecretManifests.learn(read(MANIFEST.replace(", broken: \"%%%not-base64\"", "")), TestEnvironment.of(events::add), Event.Stage.DEPLOY);
        assertEquals(List.of(), events);
        SecretManifests.learn(read(text + "}}"), TestEnvironment.of(events::add), Event.Stage.DEPLOY);
        assertEquals(1, events.size());
        assertTrue(
                events.toString(),
                events.toString().contains("the manifests have more values of Secrets than are masked in this log (200)"));
    }

    @Test
    public void aDigestTellsNothingOfThem() throws Exception {
        List<GenericKubernetesResource> objects = read(MANIFEST);
        String secret = Serialization.asJson(SecretManifests.withoutValues(objects.get(0)));
        assertTrue(secret, secret.contains("password") && secret.contains("token") && secret.contains("login"));
        assertFalse(secret, secret.contains("aHVudGVyLTIy") || secret.contains("pl4in-token"));
        assertTrue(
                "the object itself is left as it is",
                Serialization.asJson(objects.get(0)).contains("aHVudGVyLTIy"));
        assertEquals(
                Serialization.asJson(objects.get(1)),
                Serialization.asJson(SecretManifests.withoutValues(objects.get(1))));
    }

    @Property(trials = 80)
    public void anyManifest(@From(HostileText.class) @HostileText.Like(MANIFEST) String text) {
        HostileText.survives(text, () -> {
            List<GenericKubernetesResource> objects = read(text);
            SecretManifests.values(objects);
            return objects.stream()
                    .map(o -> Serialization.asJson(SecretManifests.withoutValues(o)))
                    .toList();
        });
    }
}
