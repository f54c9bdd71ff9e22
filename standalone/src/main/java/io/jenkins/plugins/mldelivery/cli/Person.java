package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A gate that asks whoever types when the rollout pauses, and another gate otherwise. It does not wait for the answer, so that the rollout is watched meanwhile. */
final class Person implements Gate {
    private static final Duration WATCH = Duration.ofMillis(500);
    private static final Set<String> YES = Set.of("y", "yes");

    private final Gate metrics;
    private final Main.World world;
    private final OutputOptions output;
    private CompletableFuture<Optional<String>> line;
    private int asked = -1;
    private String subject;

    Person(Gate metrics, Main.World world, OutputOptions output) {
        this.metrics = metrics;
        this.world = world;
        this.output = output;
    }

    @Override
    public Answer look(RolloutFacts facts) throws InterruptedException {
        if (!facts.paused()) {
            return metrics.look(facts);
        }
        boolean answered = line == null || line.isDone();
        if (facts.step() != asked || answered && !facts.subject().equals(subject)) {
            asked = facts.step();
            output.console(world).finish();
            world.err().println(String.format(
                    Locale.ROOT, "    %s has %d %% of the traffic. %s [y/N]", Printable.line(facts.model()),
                    facts.weight(), facts.step() + 1 < facts.steps() ? "Go on to the next step?" : "Promote?"));
            line = readLine(world.in());
        }
        // Whoever has not answered yet answers for what there is then.
        subject = facts.subject();
        if (!line.isDone()) {
            return Answer.pending("a person is asked", WATCH);
        }
        Optional<String> said = line.join();
        if (said.isEmpty()) {
            return Answer.of(Verdict.FAIL, "rejected: there was no input");
        }
        return YES.contains(said.get().strip().toLowerCase(Locale.ROOT)) ? Answer.of(Verdict.PASS, "a person agreed") : Answer.of(Verdict.FAIL, "rejected: a person said no");
    }

    @Override
    public boolean isLooking() {
        return metrics.isLooking();
    }

    /** In a thread of its own, since a read from a terminal can't be interrupted. Byte by byte: what follows is the next question's answer. */
    private static CompletableFuture<Optional<String>> readLine(InputStream in) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            try {
                for (int c = in.read(); c != '\n'; c = in.read()) {
                    if (c < 0) {
                        answer.complete(Optional.empty());
                        return;
                    }
                    text.write(c);
                }
                answer.complete(Optional.of(text.toString(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                answer.complete(Optional.empty());
            }
        }, "ml-delivery answer");
        reader.setDaemon(true);
        reader.start();
        return answer;
    }
}
