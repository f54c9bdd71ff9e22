package io.jenkins.plugins.mldelivery.provision.manifests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestReader;
import java.util.List;
import org.junit.Test;

public class KeptObjectTest {
    private static final String ADDRESS = "apiVersion: v1\nkind: Thing\nmetadata: {name: a, labels: {x: y}, generation: 7}\n";

    private static GenericKubernetesResource read(String text) throws Exception {
        return new ManifestReader("dir").read("x", text).get(0);
    }

    @Test
    public void nothingOfAnObjectIsLostOrChanged() throws Exception {
        String long60k = "n".repeat(60_000);
        for (String rest : List.of(
                "data: {n: null, e: {}, l: [], t: 'ä\\u0000', b: true, i: 1, o: 3000000000, big: 123456789012345678901234567890}",
                "spec: {d: 0.1, x: 1.0, y: 1.5e300, z: -0.0, s: '1.10', list: [1, 'a', {b: [[]]}]}",
                "data: {? " + long60k + "\n: x}",
                "data: {big: " + "9".repeat(900) + "}",
                "metadata2: {name: b}\nstatus: {a: b}")) {
            GenericKubernetesResource object = read(ADDRESS + rest);
            KeptObject kept = new KeptObject(object);
            assertEquals(Serialization.asJson(object), Serialization.asJson(kept.whole()));
            assertEquals(object, kept.whole());
        }
    }

    @Test
    public void theNamespaceOfTheAddressHolds() throws Exception {
        KeptObject kept = new KeptObject(read(ADDRESS + "data: {k: v}"));
        assertNull(kept.whole().getMetadata().getNamespace());
        kept.address().getMetadata().setNamespace("ml");
        assertEquals("ml", kept.whole().getMetadata().getNamespace());
        assertEquals("{}", kept.address().getAdditionalProperties().toString());
    }
}
