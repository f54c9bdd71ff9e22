package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ManifestFilesTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path base;

    @Before
    public void folder() throws Exception {
        base = temporary.newFolder("workspace").toPath().toRealPath();
        Files.createDirectories(base.resolve("k8s/deeper"));
        Files.writeString(base.resolve("k8s/b.yml"), "b: 2");
        Files.writeString(base.resolve("k8s/a.yaml"), "a: ä");
        Files.writeString(base.resolve("k8s/deeper/c.yaml"), "not read");
        Files.writeString(base.resolve("k8s/values.json"), "{}");
        Files.createDirectories(base.resolve("empty"));
        Files.writeString(base.resolveSibling("secret.yaml"), "s: 1");
    }

    private String read(String path) throws DeliveryException {
        return ManifestFiles.read(WorkspaceBorder.inside(base), path);
    }

    private String problem(String path) {
        DeliveryException e = assertThrows(path, DeliveryException.class, () -> read(path));
        assertEquals("manifests", e.parameter());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        return e.sentence();
    }

    @Test
    public void aFolderIsReadInTheOrderOfItsNames() throws Exception {
        assertEquals("a: ä\n---\nb: 2", read("k8s/"));
        assertEquals("b: 2", read("k8s/b.yml"));
        WorkspaceBorder anywhere = WorkspaceBorder.anywhere(base);
        assertEquals("on the command line any path goes", "s: 1", ManifestFiles.read(anywhere, "../secret.yaml"));
        Files.createSymbolicLink(base.resolve("k8s/link.yaml"), base.resolveSibling("secret.yaml"));
        assertEquals("a: ä\n---\nb: 2\n---\ns: 1", ManifestFiles.read(anywhere, "k8s"));
    }

    @Test
    public void linksThatStayInsideAreRead() throws Exception {
        Files.createSymbolicLink(base.resolve("k8s/link.yaml"), base.resolve("k8s/deeper/c.yaml"));
        Files.createSymbolicLink(base.resolve("linked"), base.resolve("k8s"));
        assertEquals("a: ä\n---\nb: 2\n---\nnot read", read("linked"));
    }

    @Test
    public void nothingOutsideOfTheWorkspaceIsRead() throws Exception {
        Files.createSymbolicLink(base.resolve("k8s/link.yaml"), base.resolveSibling("secret.yaml"));
        Files.createSymbolicLink(base.resolve("out"), base.getParent());
        for (String path : new String[] {"../secret.yaml", base.resolveSibling("secret.yaml").toString(), "k8s/link.yaml", "k8s", "out/secret.yaml", "out", "k8s/../../secret.yaml"}) {
            assertTrue(problem(path), problem(path).endsWith(" leads out of the workspace. Give a path inside it."));
        }
    }

    @Test
    public void whatCanNotBeReadIsNamed() throws Exception {
        assertEquals("there is no file and no folder 'none'. Give a file or a folder with *.yaml or *.yml files.", problem("none"));
        assertEquals("the folder 'empty' has no *.yaml or *.yml file. Give the folder that has them.", problem("empty"));
        Files.write(base.resolve("latin.yaml"), new byte[] {'a', (byte) 0xE4});
        assertEquals("'latin.yaml' is not text in UTF-8. Give a file or a folder with *.yaml or *.yml files.", problem("latin.yaml"));
        Files.write(base.resolve("most.yaml"), "x".repeat(ManifestFiles.MAX_BYTES).getBytes(StandardCharsets.UTF_8));
        assertEquals(ManifestFiles.MAX_BYTES, read("most.yaml").length());
        Files.write(base.resolve("k8s/most.yaml"), "x".repeat(ManifestFiles.MAX_BYTES - 5).getBytes(StandardCharsets.UTF_8));
        assertTrue(problem("k8s"), problem("k8s").startsWith("'k8s' has more than 1 MiB."));
        for (int i = 0; i <= ManifestFiles.MAX_FILES; i++) {
            Files.createFile(base.resolve("empty/" + i + ".yaml"));
        }
        assertTrue(problem("empty"), problem("empty").contains("has more than 1000 manifests"));
    }

    @Test(timeout = 20_000)
    public void aPipeIsNotRead() throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", base.resolve("pipe.yaml").toString(), base.resolve("k8s/p.yaml").toString()).start().waitFor());
        assertTrue(problem("pipe.yaml"), problem("pipe.yaml").contains("it is not a regular file"));
        assertEquals("a: ä\n---\nb: 2", read("k8s"));
    }
}
