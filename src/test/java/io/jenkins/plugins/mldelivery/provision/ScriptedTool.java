package io.jenkins.plugins.mldelivery.provision;

import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.rules.TemporaryFolder;

/** A folder with infrastructure code, and a shell script in the place of Terraform. The tests are skipped where there is no shell. */
public final class ScriptedTool extends TemporaryFolder {
    private final String code;

    /** @param code content of {@code infra/main.tf} */
    public ScriptedTool(String code) {
        this.code = code;
    }

    @Override
    protected void before() throws Throwable {
        assumeTrue("there is no /bin/sh", Files.isExecutable(Path.of("/bin/sh")));
        super.before();
        Files.createDirectory(base().resolve("infra"));
        Files.writeString(base().resolve("infra/main.tf"), code);
    }

    /** The folder above {@code infra}. */
    public Path base() {
        return getRoot().toPath();
    }

    /** Writes the script, and gives its path. */
    public String write(String script) throws IOException {
        Path tool = Files.writeString(base().resolve("tool"), script);
        assertTrue(tool.toFile().setExecutable(true));
        return tool.toString();
    }
}
