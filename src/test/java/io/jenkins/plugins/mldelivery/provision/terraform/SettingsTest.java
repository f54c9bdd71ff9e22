package io.jenkins.plugins.mldelivery.provision.terraform;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Test;

public class SettingsTest {
    @Test
    public void asHclNothingIsATemplate() {
        assertEquals("a = \"b\"\nc = \"d\"\n", new Settings(Map.of("a", "b", "c", "d")).hcl());
        assertEquals("p = \"q\\\"\\\\ $${x} %%{y} $5 5% $\\n\\u0001\"\n", new Settings(Map.of("p", "q\"\\ ${x} %{y} $5 5% $\n\u0001")).hcl());
        assertEquals("l = [\"a\", 1, true, null, {\"k\" = \"$${v}\"}]\n", new Settings(Map.of("l", "[\"a\", 1, true, null, {\"k\": \"${v}\"}]")).hcl());
        assertEquals("o = \"{not json\"\n", new Settings(Map.of("o", "{not json")).hcl());
    }

    @Test
    public void whatIsSecretByNameIsFoundInListsAndMapsToo() {
        Settings settings = new Settings(Map.of(
                "region", "eu-west-1", "api_token", "t0ken-value", "passwords", "[\"first-one\", {\"a\": \"second-one\"}]", "secret", "short"));
        assertEquals(Set.of(SecretText.of("t0ken-value"), SecretText.of("first-one"), SecretText.of("second-one")), Set.copyOf(settings.sensitive(Set.of()).secrets()));
    }

    @Test
    public void whatTheCodeDeclaresIsSecretToo() {
        Settings settings = new Settings(Map.of("region", "eu-west-1", "note", "d3clared"));
        assertEquals(Set.of(SecretText.of("d3clared")), Set.copyOf(settings.sensitive(Set.of("note", "other")).secrets()));
    }

    @Test
    public void namesThatWouldBecomeSomethingElseAreRefused() throws Exception {
        Settings.checkNames("variables", Map.of("a-b_C9", "x"));
        for (String name : List.of("", "a b", "a=b", "a\nb", "9a", "a.b", "-var")) {
            assertEquals("backendConfig", assertThrows(name, DeliveryException.class, () -> Settings.checkNames("backendConfig", Map.of(name, "x"))).parameter());
        }
    }
}
