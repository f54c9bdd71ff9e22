package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Packed;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.Test;

/** What an agent may answer, and what it may not. */
public class AnsweredResultTest {
    private static final String DIGEST = Digests.of("image");
    private static final String LAYER = Digests.of("layer");
    private static final BuildImageRequest REQUEST = BuildImageRequest.of("model", "registry.example.com/team/churn:1.4");

    private static List<String> texts(String digest, String changed, String pushed, String total, String... layers) {
        List<String> texts = new ArrayList<>(Arrays.asList(digest, changed, pushed, total));
        texts.addAll(Arrays.asList(layers));
        return texts;
    }

    private static void refused(List<String> answer) {
        DeliveryException e = assertThrows(DeliveryException.class, () -> AnsweredResult.of(answer, REQUEST));
        assertEquals(DeliveryException.Kind.FAILED, e.kind());
        assertTrue(e.getMessage(), e.getMessage().startsWith("the agent's answer is not taken: ") && e.getMessage().length() < 300);
    }

    @Test
    public void aResultIsTakenWithTheNameThatWasAskedFor() throws Exception {
        BuildImageResult honest = new BuildImageResult(
                "registry.example.com/team/churn@" + DIGEST, DIGEST, List.of("1.4"), true,
                List.of(new BuildImageResult.Layer(LAYER, 10, true, "base"), new BuildImageResult.Layer(LAYER, 0, false, "weights")), 10, 20);
        assertEquals(honest, AnsweredResult.of(AnsweredResult.pack(honest), REQUEST));
        BuildImageResult lying = new BuildImageResult(
                "evil.example.com/x@" + Digests.of("other"), DIGEST, List.of("\n[Pipeline] forged"), true, honest.layers(), 10, 20);
        assertEquals(honest, AnsweredResult.of(AnsweredResult.pack(lying), REQUEST));
        BuildImageRequest untagged = BuildImageRequest.of("model", "churn");
        assertEquals(List.of("latest"), AnsweredResult.of(AnsweredResult.pack(honest), untagged).tags());
        assertEquals("docker.io/library/churn@" + DIGEST, AnsweredResult.of(AnsweredResult.pack(honest), untagged).image());
    }

    @Test
    public void whatCanNotBeIsRefused() {
        refused(List.of());
        refused(Arrays.asList(null, null, null, null));
        refused(texts(DIGEST, "true", "0", "0", LAYER, "1", "true"));
        for (String digest : new String[] {null, "", "sha256:", "md5:0", DIGEST + "\n", DIGEST.toUpperCase(Locale.ROOT), "x".repeat(1_000_000)}) {
            refused(texts(digest, "true", "0", "0"));
            refused(texts(DIGEST, "true", "0", "0", digest, "1", "true", "base"));
        }
        for (String number : new String[] {null, "", "-1", "1e3", "9223372036854775807", "9".repeat(1_000_000), "1 "}) {
            refused(texts(DIGEST, "true", number, "0"));
            refused(texts(DIGEST, "true", "0", number));
            refused(texts(DIGEST, "true", "0", "0", LAYER, number, "true", "base"));
        }
        for (String truth : new String[] {null, "", "yes", "TRUE"}) {
            refused(texts(DIGEST, truth, "0", "0"));
            refused(texts(DIGEST, "true", "0", "0", LAYER, "1", truth, "base"));
        }
        for (String what : new String[] {null, "", "bases", "x".repeat(1_000_000)}) {
            refused(texts(DIGEST, "true", "0", "0", LAYER, "1", "true", what));
        }
        List<String> many = texts(DIGEST, "true", "0", "0");
        for (int i = 0; i <= AnsweredResult.MAX_LAYERS; i++) {
            many.addAll(List.of(LAYER, "1", "true", "base"));
        }
        refused(many);
    }

    @Test
    public void theLargestResultFits() throws Exception {
        BuildImageResult.Layer layer = new BuildImageResult.Layer(LAYER, Descriptor.MAX_SIZE, false, "weights");
        BuildImageResult largest = new BuildImageResult(
                "i", DIGEST, List.of("1"), false, Collections.nCopies(AnsweredResult.MAX_LAYERS, layer), 0, AnsweredResult.MAX_LAYERS * Descriptor.MAX_SIZE);
        byte[] bytes = Packed.pack(AnsweredResult.pack(largest));
        assertTrue(bytes.length + " bytes", bytes.length <= AnsweredResult.MAX_BYTES);
        assertEquals(largest.layers(), AnsweredResult.of(Packed.unpack(bytes, AnsweredResult.MAX_TEXTS), REQUEST).layers());
    }
}
