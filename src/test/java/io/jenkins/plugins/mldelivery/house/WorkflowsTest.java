package io.jenkins.plugins.mldelivery.house;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Assume;
import org.junit.Before;
import org.junit.Test;

/** What runs on GitHub with this repository's rights: code that can't change under its name, with the rights that it needs. */
public class WorkflowsTest {
    private static final Pattern PINNED = Pattern.compile("(?:- )?uses: [\\w.-]+/[\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");
    private static final Set<String> RIGHTS = Set.of("read", "write");

    private List<Path> workflows;

    @Before
    public void find() throws IOException {
        Path folder = Repository.root().resolve(".github/workflows");
        Assume.assumeTrue("the workflows are not there", Files.isDirectory(folder));
        try (Stream<Path> files = Files.list(folder)) {
            workflows = files.sorted().toList();
        }
        assertFalse(workflows.isEmpty());
    }

    @Test
    public void everyActionIsPinnedByItsCommit() throws IOException {
        List<String> loose = new ArrayList<>();
        int uses = 0;
        for (Path workflow : workflows) {
            for (String line : Files.readAllLines(workflow)) {
                if (line.contains("uses:")) {
                    uses++;
                    if (!PINNED.matcher(line.strip()).matches()) {
                        loose.add(workflow.getFileName() + ": " + line.strip());
                    }
                }
            }
        }
        assertEquals(List.of(), loose);
        assertTrue("no action was found", uses >= workflows.size());
    }

    @Test
    public void everyJobNamesItsRightsAndNothingElseHasAny() throws IOException {
        for (Path workflow : workflows) {
            JsonNode yaml = new YAMLMapper().readTree(workflow.toFile());
            String name = workflow.getFileName().toString();
            assertTrue(name + " gives rights to every job", yaml.path("permissions").isObject() && yaml.path("permissions").isEmpty());
            yaml.path("jobs").fields().forEachRemaining(job -> {
                JsonNode rights = job.getValue().path("permissions");
                assertTrue(name + ", " + job.getKey(), rights.isObject() && !rights.isEmpty());
                rights.forEach(right -> assertTrue(name + ", " + job.getKey(), RIGHTS.contains(right.asText())));
                assertFalse(name + " hands on all secrets", job.getValue().path("secrets").asText().equals("inherit"));
            });
            // A pull request from elsewhere would run with the repository's rights.
            assertFalse(name, Files.readString(workflow).contains("pull_request_target"));
        }
    }
}
