package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.Test;

/** The annotation is read from the cluster, where others can write it. */
public class KeptTemplateTest {
    @Test
    public void whatWasWrittenIsReadAsItWas() {
        PodTemplateSpec template = new PodTemplateSpecBuilder()
                .withNewMetadata().addToAnnotations("note", "\u0085 \ufeff *a &b {} \ud83d\ude00 \"quoted\"").endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("model")
                .withNewResources().addToLimits("memory", new Quantity("2", "Gi")).endResources()
                .withNewReadinessProbe().withNewHttpGet().withPort(new IntOrString("http")).endHttpGet().endReadinessProbe()
                .endContainer()
                .addToNodeSelector("k".repeat(2000), "v")
                .addToAdditionalProperties("someday", 1)
                .endSpec()
                .build();
        assertEquals(template, KeptTemplate.read(KeptTemplate.write(template)));
    }

    @Test(timeout = 20_000)
    public void aliasesThatWouldFillTheMemoryAreNotFollowed() {
        StringBuilder bomb = new StringBuilder("a: [&l0 [x,x]");
        for (int i = 1; i <= 24; i++) {
            bomb.append(", &l").append(i).append(" [*l").append(i - 1).append(",*l").append(i - 1).append(']');
        }
        String aliases = bomb.append("]\n").toString();
        assertNull(KeptTemplate.read(aliases + "spec: {containers: []}"));
        assertNull(KeptTemplate.read("{" + aliases.strip() + ", spec: {containers: []}}"));
        assertNull(KeptTemplate.read(" {\"spec\": {}}"));
    }

    @Test
    public void deepNestingIsRefusedBeforeTheStackOverflows() {
        for (String open : new String[] {"[", "{\"a\":"}) {
            String close = open.equals("[") ? "]" : "}";
            for (int levels : new int[] {KeptTemplate.MAX_DEPTH, 20_000}) {
                assertNull(KeptTemplate.read("{\"spec\": {}, \"x\": " + open.repeat(levels) + "1" + close.repeat(levels) + "}"));
                assertNull(KeptTemplate.read("{\"spec\": {}, \"x\": " + open.repeat(levels)));
            }
        }
        assertNull(KeptTemplate.read("x: " + "[".repeat(10_000)));
    }

    @Test
    public void whatIsLongerThanAnAnnotationCanBeIsRefused() {
        String spec = "{\"spec\": {\"nodeName\": \"";
        String end = "\"}}";
        int room = KeptTemplate.MAX_LENGTH - spec.length() - end.length();
        assertEquals("n".repeat(room), KeptTemplate.read(spec + "n".repeat(room) + end).getSpec().getNodeName());
        assertNull(KeptTemplate.read(spec + "n".repeat(room + 1) + end));
    }

    @Test
    public void whatIsNoPodTemplateIsRefused() {
        for (String text : new String[] {null, "", "{", "{}", "[1]", "{\"spec\": null}", "{\"spec\": {\"containers\": 7}}"}) {
            assertNull(text, KeptTemplate.read(text));
        }
    }
}
