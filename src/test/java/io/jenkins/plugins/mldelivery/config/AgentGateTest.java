package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Test;

public class AgentGateTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L); // The clock may overflow.
    private boolean busy;
    private final NodeCalls calls = new NodeCalls(() -> busy);
    private final AgentGate gate = new AgentGate(now::get, "agent", calls);

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    public void callsAreLimited() {
        for (int i = 0; i < NodeCalls.MAX_CALLS; i++) {
            assertTrue(gate.enter());
        }
        assertFalse(gate.enter());
        gate.answered();
        gate.ended();
        assertTrue(gate.enter());
    }

    @Test
    public void whereManyThreadsAreInUseAnAgentGetsFewer() {
        assertTrue(gate.enter() && gate.enter() && gate.enter());
        busy = true;
        assertFalse(gate.enter());
        gate.ended();
        assertFalse(gate.enter());
        gate.ended();
        assertTrue(gate.enter());
        busy = false;
        assertTrue(gate.enter());
    }

    @Test
    public void afterALateCallOnlyOneIsTriedNowAndThen() {
        assertTrue(gate.enter());
        gate.late();
        assertFalse("its thread is not free yet", gate.enter());
        gate.ended();
        assertFalse("it is too early", gate.enter());
        pass(11);
        assertTrue(gate.enter());
        assertFalse("one is enough", gate.enter());
        gate.late();
        gate.ended();
        pass(11);
        assertFalse("the pause has become longer", gate.enter());
        pass(10);
        assertTrue(gate.enter());
        gate.answered();
        gate.ended();
        assertTrue("it answers again", gate.enter() && gate.enter());
    }

    @Test
    public void manyLateCallsAtOnceCountAsOne() {
        for (int i = 0; i < NodeCalls.MAX_CALLS; i++) {
            assertTrue(gate.enter());
        }
        for (int i = 0; i < NodeCalls.MAX_CALLS; i++) {
            gate.late();
            gate.ended();
        }
        pass(11);
        assertTrue(gate.enter());
    }

    @Test
    public void aCallThatWasAnsweredLateIsNoReasonToAskAgain() {
        assertTrue(gate.enter());
        assertTrue(gate.enter());
        gate.late();
        gate.ended();
        gate.answered();
        gate.ended();
        assertTrue("another call was answered meanwhile", gate.enter());
    }

    @Test
    public void callsThatNeverComeBackCountWhenTheAgentConnectsAnew() {
        assertTrue(gate.enter() && gate.enter());
        gate.late();
        AgentGate connectedAnew = new AgentGate(now::get, "agent", calls);
        for (int i = 2; i < NodeCalls.MAX_CALLS; i++) {
            assertTrue("a new connection is not late", connectedAnew.enter());
        }
        assertFalse(connectedAnew.enter());
        assertTrue("another agent", new AgentGate(now::get, "another", calls).enter());
        gate.ended();
        assertTrue("one has come back", connectedAnew.enter());
        busy = true;
        connectedAnew.ended();
        assertFalse(connectedAnew.enter());
    }

    @Test
    public void ofANodeThatNothingIsAskedOfNothingIsKept() {
        assertTrue(gate.enter());
        assertEquals(1, calls.of("agent"));
        gate.answered();
        gate.ended();
        assertEquals(0, calls.of("agent"));
    }
}
