package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that every command has. Progress goes to standard error, the result to standard output. */
final class OutputOptions {
    @Option(names = "--verbose", description = "Show the stack trace of a failure.")
    boolean verbose;

    @Option(names = "--plain", description = "Plain lines without colours and live progress, as when standard error is no terminal.")
    boolean plain;

    @Option(names = "--json", description = "Print the result as JSON on standard output.")
    boolean json;

    private ConsoleEvents console;

    ConsoleEvents console(Main.World world) {
        if (console == null) {
            boolean colours = world.variables().getOrDefault("NO_COLOR", "").isEmpty(); // https://no-color.org
            console = new ConsoleEvents(world.err(), world.terminal() && !plain, colours);
        }
        return console;
    }

    Environment environment(Main.World world, EventSink also) {
        return new Environment(
                new LocalCommands(),
                Clock.system(),
                new VariableSecrets(world.variables(), world.directory()),
                console(world).and(also),
                world.known(),
                HostRules.standard());
    }

    void result(Main.World world, Map<String, Object> result) {
        console(world).finish();
        if (json) {
            try {
                ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
                world.out().println(Printable.json(mapper.writeValueAsString(world.known().maskValue(result))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
