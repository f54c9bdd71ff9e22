package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.Test;

/** What a hostile cluster says, a rollout does not keep whole: an answer has up to 4 MiB. */
public class KeptTextTest {
    private static final String LONG = "x".repeat(4_000_000);
    private static final int SENTENCE = KeptText.MAX_SENTENCE + 1;

    @Test
    public void aLookKeepsTheBeginningsOfTexts() {
        TrackStatus track = new TrackStatus(true, LONG, false, LONG, 1, 1, 1, 1, true, false, false, false, LONG, LONG);
        Observation seen = new Observation(
                Instant.EPOCH, false, LONG, track, TrackStatus.absent(), new TrafficStatus(TrafficSplit.STABLE_ONLY, false, LONG),
                new Reach(LONG, 0, 0, 0), null, null, List.of(LONG));
        assertEquals(SENTENCE, seen.stable().problem().length());
        assertEquals(SENTENCE, seen.traffic().problem().length());
        assertEquals(SENTENCE, seen.reach().problem().length());
        assertEquals(SENTENCE, seen.warnings().get(0).length());
        for (String name : List.of(seen.leaseHolder(), track.revision(), track.template(), track.unjudged())) {
            assertEquals(KeptText.MAX_NAME + 1, name.length());
        }
        assertNull(seen.canary().problem());
    }

    @Test
    public void aStateIsSmallWhateverEndsTheRollout() {
        RolloutState state = RolloutState.initial(Instant.EPOCH, "r").withOutcome("rolledBack", "too late: " + LONG).withEvidence(LONG);
        assertTrue(state.toJson().length() < 10_000);
    }

    @Test
    public void whatIsShortStaysAsItIs() {
        assertEquals("a problem", new Reach("a problem", 0, 0, 0).problem());
    }
}
