package io.jenkins.plugins.mldelivery.provision.manifests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestReader;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import java.util.List;
import org.junit.ClassRule;
import org.junit.Test;

public class FolderKindsTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    private static KeptObject kept(String text) throws Exception {
        return new KeptObject(new ManifestReader("dir").read("x", text).get(0));
    }

    private static KeptObject definition(String group, String kind) throws Exception {
        return kept("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: alphas.test.example}\n"
                + "spec: {names: {plural: alphas, kind: " + kind + "}, group: " + group + "}\n");
    }

    private static String refused(KeptObject... others) throws Exception {
        KeptObject alpha = kept("apiVersion: test.example/v1\nkind: Alpha\nmetadata: {name: a}\n");
        return assertThrows(
                DeliveryException.class,
                () -> FolderKinds.of(CLUSTER.toy().client(), alpha.address(), List.of(others))).getMessage();
    }

    @Test
    public void aKindThatTheFolderItselfInstallsIsToldAsSuch() throws Exception {
        String problem = "dir: the cluster does not know Alpha of test.example/v1 (object a). ";
        String remedy = "Install its CustomResourceDefinition first, or correct apiVersion and kind.";
        assertEquals(problem + remedy, refused());
        assertEquals(problem + remedy, refused(definition("other.example", "Alpha"), definition("test.example", "Beta"),
                kept("apiVersion: v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n")));
        assertEquals(
                problem + "This folder has its CustomResourceDefinition: put the objects of this kind into a second folder, and "
                        + "apply that one afterwards.",
                refused(definition("other.example", "Alpha"), definition("test.example", "Alpha")));
    }

    @Test
    public void aKnownKindIsFound() throws Exception {
        KeptObject map = kept("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        assertTrue(FolderKinds.of(CLUSTER.toy().client(), map.address(), List.of()).getNamespaced());
    }
}
