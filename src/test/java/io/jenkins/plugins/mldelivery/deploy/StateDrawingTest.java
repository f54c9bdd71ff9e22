package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.house.Repository;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** The drawing of the state machine in the docs has just the transitions that rollouts really make. */
public class StateDrawingTest {
    private static final int ROLLOUTS = 900;
    /** So many more, whose pods somebody edits. */
    private static final int EDITED = 600;
    private static final double EDITS = 0.05;
    private static final Pattern EDGE = Pattern.compile("(?m)^ +([A-Z_]+) --> ([A-Z_]+)");

    @Test
    public void theDrawingHasEveryTransitionAndNoOther() throws Exception {
        Set<String> made = new TreeSet<>();
        for (int seed = 0; seed < ROLLOUTS + EDITED; seed++) {
            made.addAll(rollOut(new Random(seed), seed < ROLLOUTS ? 0 : EDITS));
        }
        Set<String> drawn = new TreeSet<>();
        Matcher edges = EDGE.matcher(Files.readString(Repository.root().resolve("docs/rollout.md")));
        while (edges.find()) {
            drawn.add(edges.group(1) + " --> " + edges.group(2));
        }
        assertEquals(made, drawn);
    }

    private static Set<String> rollOut(Random random, double edits) throws Exception {
        boolean asked = edits > 0 && random.nextInt(4) == 0;
        RolloutPlan plan = Plans.any(random, "new");
        while (asked && !(plan.direct() && plan.steps().get(0).pause())) {
            plan = Plans.any(random, "new");
        }
        SimulatedCluster cluster = new SimulatedCluster(random, plan.progressDeadline());
        if (plan.routed()) {
            cluster.routes();
        }
        int kind = random.nextInt(10);
        if (kind != 0) {
            cluster.deployed(false, kind == 1 ? "new" : "old", kind == 1 ? plan.replicas() : 1 + plan.missing() + random.nextInt(4));
        }
        if (random.nextInt(4) == 0) {
            cluster.breakRevision("new");
        }
        if (kind == 2) {
            cluster.takeLease("other");
            plan = Plans.of(plan, OnConcurrent.FAIL);
        }
        RolloutDrive drive = new RolloutDrive(cluster, plan, "a", random).gate(0.6, 0.05, 0.05).aborts(random.nextInt(3) == 0 ? 0.05 : 0)
                .edits(edits);
        if (edits > 0) {
            // Whoever edits a canary of one pod takes its requests' only pod away.
            drive.mayGoDark();
        }
        drive.run(asked ? 0 : random.nextInt(60));
        if (random.nextInt(6) == 0) {
            // Somebody else turns the Service away, be it while a person is asked.
            boolean paused = random.nextBoolean();
            drive.mayGoDark();
            for (int i = 0; i < 200 && !drive.state.phase().ended() && drive.state.phase() != (paused ? Phase.PAUSED : Phase.ANALYSING); i++) {
                drive.run(1);
            }
            cluster.select("canary");
        }
        if (asked) {
            // Somebody edits what is judged while a person is asked, and takes that back.
            for (int i = 0; i < 200 && !drive.state.phase().ended() && drive.state.phase() != Phase.PAUSED; i++) {
                drive.run(1);
            }
            cluster.edit(false);
            cluster.edit(false);
        }
        switch (random.nextInt(12)) {
            case 0 -> {
                // Another one takes the lease while this one sleeps, be it while it waits for a person.
                boolean paused = random.nextBoolean();
                for (int i = 0; paused && i < 200 && drive.state.phase() != Phase.PAUSED; i++) {
                    drive.run(1);
                }
                cluster.pass(Duration.ofSeconds(61));
                cluster.takeLease("other");
            }
            case 1 -> {
                // No stable pod comes back: neither end can be reached.
                cluster.breakRevision("old");
                cluster.crash(false, Duration.ofDays(1));
                drive.stableCrashes(Duration.ofDays(1));
                drive.abort();
            }
            default -> {
                // Nothing.
            }
        }
        drive.mayGoDark();
        return drive.run(RolloutDrive.MOST_TICKS).transitions;
    }
}
