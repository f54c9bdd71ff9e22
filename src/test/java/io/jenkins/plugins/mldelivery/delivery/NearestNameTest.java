package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.Test;

public class NearestNameTest {
    private static final List<String> OPTIONS = List.of("--name", "--model", "--steps", "--timeout", "--dry-run", "--verify-timeout", "--report", "--report-json");

    @Test
    public void typingErrors() {
        assertEquals(Optional.of("--model"), NearestName.meant("--modle", OPTIONS));
        assertEquals(Optional.of("--name"), NearestName.meant("--nam", OPTIONS));
        assertEquals(Optional.of("--steps"), NearestName.meant("--step", OPTIONS));
        assertEquals(Optional.of("--dry-run"), NearestName.meant("--dryrun", OPTIONS));
        assertEquals(Optional.of("--verify-timeout"), NearestName.meant("--verify-timout", OPTIONS));
        assertEquals(Optional.of("--timeout"), NearestName.meant("--TIMEOUT", OPTIONS));
        assertEquals("a beginning", Optional.of("deploy-model"), NearestName.meant("deploy", List.of("demo", "deploy-model")));
        assertEquals(Optional.of("blueGreen"), NearestName.meant("blue", List.of("canary", "blueGreen")));
    }

    @Test
    public void whatHasNothingToDoWithItIsNotMeant() {
        assertEquals(Optional.empty(), NearestName.meant("--frobnicate", OPTIONS));
        assertEquals(Optional.empty(), NearestName.meant("maybe", List.of("none", "promotion", "steps")));
        assertEquals(Optional.empty(), NearestName.meant("", List.of("none")));
        assertEquals(Optional.empty(), NearestName.meant("x", List.of()));
        assertEquals("", NearestName.hint("maybe", List.of("none", "promotion", "steps")));
    }

    @Test
    public void theNearestOfAll() {
        assertEquals("--timeout", NearestName.of("--time", OPTIONS));
        assertEquals("margin", NearestName.of("margn", List.of("alpha", "margin")));
        assertEquals("Did you mean 'margin'? ", NearestName.hint("margn", List.of("alpha", "margin")));
        assertEquals("whatever its length", "a", NearestName.of("a".repeat(100_000), List.of("a", "b")));
    }
}
