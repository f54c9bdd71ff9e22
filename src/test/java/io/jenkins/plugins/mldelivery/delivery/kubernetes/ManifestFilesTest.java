package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

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

    @Test
    public void aFolderIsReadInTheOrderOfItsNames() throws Exception {
        assertEquals("a: ä\n---\nb: 2", ManifestFiles.read(base, "k8s/", true).text());
        assertEquals("b: 2", ManifestFiles.read(base, "k8s/b.yml", true).text());
        assertEquals("on the command line any path goes", "s: 1", ManifestFiles.read(base, "../secret.yaml", false).text());
    }

    @Test
    public void nothingOutsideOfTheWorkspaceIsRead() throws Exception {
        Files.createSymbolicLink(base.resolve("k8s/link.yaml"), base.resolveSibling("secret.yaml"));
        Files.createSymbolicLink(base.resolve("out"), base.getParent());
        for (String path : new String[] {"../secret.yaml", base.resolveSibling("secret.yaml").toString(), "k8s/link.yaml", "k8s", "out/secret.yaml", "out", "k8s/../../secret.yaml"}) {
            ManifestFiles.Content content = ManifestFiles.read(base, path, true);
            assertNull(path, content.text());
            assertEquals("'" + path + "' leads out of the workspace", content.problem());
        }
    }

    @Test
    public void whatCanNotBeReadIsNamed() throws Exception {
        assertEquals("there is no file and no folder 'none'", ManifestFiles.read(base, "none", true).problem());
        assertEquals("the folder 'empty' has no *.yaml or *.yml file", ManifestFiles.read(base, "empty", true).problem());
        Files.write(base.resolve("latin.yaml"), new byte[] {'a', (byte) 0xE4});
        assertEquals("'latin.yaml' is no text in UTF-8", ManifestFiles.read(base, "latin.yaml", true).problem());
        Files.write(base.resolve("most.yaml"), "x".repeat(ManifestFiles.MAX_BYTES).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(ManifestFiles.MAX_BYTES, ManifestFiles.read(base, "most.yaml", true).text().length());
        Files.write(base.resolve("k8s/most.yaml"), "x".repeat(ManifestFiles.MAX_BYTES - 5).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertTrue(ManifestFiles.read(base, "k8s", true).problem(), ManifestFiles.read(base, "k8s", true).problem().endsWith("has more than 1 MiB"));
    }
}
