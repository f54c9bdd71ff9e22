package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What an agent may answer, and what it may not. */
public class AnsweredResultTest {
    private static final String DIGEST = Digests.of("image");
    private static final String LAYER = Digests.of("layer");
    private static final BuildImageRequest REQUEST = BuildImageRequest.of("model", "registry.example.com/team/churn:1.4");

    private static BuildImageResult.Layer layer(String digest, long bytes, String what) {
        return new BuildImageResult.Layer(digest, bytes, true, what);
    }

    private static BuildImageResult result(String image, String digest, List<String> tags, List<BuildImageResult.Layer> layers, long pushed, long total) {
        return new BuildImageResult(image, digest, tags, true, layers, pushed, total);
    }

    private static void refused(Object answer) {
        DeliveryException e = assertThrows(DeliveryException.class, () -> AnsweredResult.of(answer, REQUEST));
        assertEquals(DeliveryException.Kind.FAILED, e.kind());
        assertTrue(e.getMessage(), e.getMessage().startsWith("the agent's answer is not taken: ") && e.getMessage().length() < 300);
    }

    @Test
    public void aResultIsTakenWithTheNameThatWasAskedFor() throws Exception {
        List<BuildImageResult.Layer> layers = List.of(layer(LAYER, 10, "base"), layer(LAYER, 0, "weights"));
        BuildImageResult honest = result("registry.example.com/team/churn@" + DIGEST, DIGEST, List.of("1.4"), layers, 10, 20);
        assertEquals(honest, AnsweredResult.of(honest, REQUEST));
        BuildImageResult lying = result("evil.example.com/x@" + Digests.of("other"), DIGEST, List.of("x".repeat(1_000_000), "\n[Pipeline] forged"), layers, 10, 20);
        assertEquals(honest, AnsweredResult.of(lying, REQUEST));
        BuildImageRequest untagged = BuildImageRequest.of("model", "churn");
        assertEquals(List.of("latest"), AnsweredResult.of(honest, untagged).tags());
        assertEquals("docker.io/library/churn@" + DIGEST, AnsweredResult.of(honest, untagged).image());
    }

    @Test
    public void whatCanNotBeIsRefused() {
        List<BuildImageResult.Layer> one = List.of(layer(LAYER, 1, "base"));
        for (Object other : new Object[] {null, "text", Map.of("image", "x"), new ArrayList<>(), 1, REQUEST}) {
            refused(other);
        }
        for (String digest : new String[] {null, "", "sha256:", "md5:0", DIGEST + "\n", DIGEST.toUpperCase(java.util.Locale.ROOT), "x".repeat(1_000_000)}) {
            refused(result("i", digest, List.of("1"), one, 0, 0));
            refused(result("i", DIGEST, List.of("1"), List.of(layer(digest, 1, "base")), 0, 0));
        }
        refused(result("i", DIGEST, List.of("1"), one, -1, 0));
        refused(result("i", DIGEST, List.of("1"), one, 0, Long.MIN_VALUE));
        refused(result("i", DIGEST, List.of("1"), one, Long.MAX_VALUE, 0));
        refused(result("i", DIGEST, List.of("1"), List.of(layer(LAYER, -1, "base")), 0, 0));
        for (String what : new String[] {null, "", "bases", "x".repeat(1_000_000)}) {
            refused(result("i", DIGEST, List.of("1"), List.of(layer(LAYER, 1, what)), 0, 0));
        }
        refused(result("i", DIGEST, List.of("1"), Collections.nCopies(AnsweredResult.MAX_LAYERS + 1, layer(LAYER, 1, "base")), 0, 0));
    }

    @Test
    public void itCrossesAChannelAndNothingOfItIsShared() throws Exception {
        BuildImageResult honest = result("registry.example.com/team/churn@" + DIGEST, DIGEST, List.of("1.4"), List.of(layer(LAYER, 10, "model")), 10, 20);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(honest);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(honest, AnsweredResult.of(in.readObject(), REQUEST));
        }
        assertFalse("final, so that an agent has no type of its own that is one", java.lang.reflect.Modifier.isAbstract(BuildImageResult.class.getModifiers()));
        assertTrue(java.lang.reflect.Modifier.isFinal(BuildImageResult.class.getModifiers()) && java.lang.reflect.Modifier.isFinal(BuildImageResult.Layer.class.getModifiers()));
    }
}
