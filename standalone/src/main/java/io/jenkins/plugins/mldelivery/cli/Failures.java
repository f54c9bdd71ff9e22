package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells a failure in one sentence that names the option; the stack trace comes only with <code>--verbose</code>. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** What the engine calls otherwise than the command line. */
    private static final Map<String, String> OPTIONS = Map.of("cluster", "--kubeconfig", "server", "--kubeconfig");

    private static final Pattern STEP = Pattern.compile("ml([A-Z][A-Za-z]+)");

    private final Main.World world;

    Failures(Main.World world) {
        this.world = world;
    }

    @Override
    public int handleExecutionException(Exception raised, CommandLine command, ParseResult parsed) {
        Throwable e = world.known().mask((Throwable) raised);
        boolean verbose = parsed.originalArgs().contains("--verbose");
        int code;
        if (e instanceof DeliveryException d) {
            world.err().println("error: " + sentence(d, command));
            code = d.kind().exitCode();
        } else if (raised instanceof InterruptedException) {
            world.err().println("aborted");
            code = DeliveryException.Kind.ABORTED.exitCode();
        } else {
            world.err().println("error: " + e + (verbose ? "" : " (a defect of ML Delivery; --verbose shows where)"));
            code = CommandLine.ExitCode.SOFTWARE;
        }
        if (verbose) {
            e.printStackTrace(world.err());
        }
        return code;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = Printable.line(world.known().mask(e.getMessage())).replaceAll("\\.$", "");
        world.err().println("error: " + message + ". '" + command + " --help' shows what it takes.");
        return DeliveryException.Kind.INVALID_INPUT.exitCode();
    }

    /** The engine names the parameter as the Jenkins step does; here it is the option, or a key of a check. */
    private static String sentence(DeliveryException e, CommandLine command) {
        String sentence = e.sentence(name -> name(name, command));
        if (e.parameter() == null) {
            return sentence;
        }
        String name = name(e.parameter(), command);
        boolean option = name.startsWith("--");
        return (option || command.getCommandSpec().findOption("--checks") == null ? "" : "--checks: ") + name + ": " + sentence;
    }

    /** What a parameter or step of the Jenkins Pipeline is called here. */
    private static String name(String pipeline, CommandLine command) {
        Matcher step = STEP.matcher(pipeline);
        if (step.matches()) {
            return command.getCommandSpec().root().name() + " " + Options.kebab(step.group(1));
        }
        String option = OPTIONS.getOrDefault(pipeline, "--" + Options.kebab(pipeline));
        return command.getCommandSpec().findOption(option) == null ? pipeline : option;
    }
}
