package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells a failure in one sentence that names the option; the stack trace comes only with <code>--verbose</code>. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final long MIB = 1024 * 1024;
    private static final String ENDED = " has ended the command. Report it with what --verbose shows.";
    private static final String ENDED_TRACED = " has ended the command. Report it with the lines that follow.";

    /** Made beforehand: there is no memory to make it. */
    private static final String MEMORY = "error: the memory of Java, at most " + Runtime.getRuntime().maxMemory() / MIB
            + " MiB, did not suffice. Give it more: set the environment variable ML_DELIVERY_JAVA_OPTS to -Xmx512m.";

    /** Characters of what is wrong with a command line, which quotes it. */
    private static final int MAX_MISTAKE = 500;

    private static final int MAX_SENTENCE = 1500;

    /** What the engine calls otherwise than the command line. */
    private static final Map<String, String> OPTIONS = Map.of("cluster", "--kubeconfig", "server", "--kubeconfig");

    /** Jenkins' things, and what is in their place here. */
    private static final Map<String, String> THINGS =
            Map.of("agent", "machine", "workspace", "working folder", "step", "command", "build", "command");

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
            world.err().println("error: " + sentence(d, command) + origin(d, command));
            code = d.kind().exitCode();
        } else if (raised instanceof InterruptedException) {
            world.err().println("aborted");
            code = DeliveryException.Kind.ABORTED.exitCode();
        } else {
            boolean canBeVerbose = command.getCommandSpec().findOption("--verbose") != null;
            world.err().println("error: " + defect(raised) + (canBeVerbose ? ENDED : ENDED_TRACED));
            code = CommandLine.ExitCode.SOFTWARE;
            verbose |= !canBeVerbose;
        }
        if (verbose) {
            e.printStackTrace(world.err());
        }
        return code;
    }

    /**
     * Tells what ended a thread: a defect, or the end of the memory. It allocates next to nothing.
     *
     * @return the exit code
     */
    int handleFatal(Throwable raised) {
        if (raised instanceof OutOfMemoryError) {
            world.err().println(MEMORY);
            return DeliveryException.Kind.FAILED.exitCode();
        }
        world.err().println("error: " + defect(raised) + ENDED);
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Names a defect, without the names of classes that are in the texts of Java's own exceptions. */
    String defect(Throwable raised) {
        boolean telling = raised instanceof IOException
                || raised instanceof IllegalArgumentException
                || raised instanceof IllegalStateException;
        String said = telling ? Printable.line(world.known().mask(raised.getMessage())) : null;
        return "a defect of ML Delivery" + (said == null ? "" : " (" + said + ")");
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = Excerpt.of(Printable.line(world.known().mask(Mistakes.sentence(e, args))), MAX_MISTAKE)
                .replaceAll("\\.$", "");
        world.err().println("error: " + message + (message.endsWith("?") ? " '" : ". '") + command + " --help' shows what it takes.");
        return DeliveryException.Kind.INVALID_INPUT.exitCode();
    }

    /**
     * What quotes a long input is cut in its middle, since what is wrong with it stands behind it. Here, where secrets
     * have been masked: a part of one would not be found.
     */
    private static String shown(DeliveryException e, UnaryOperator<String> naming) {
        String sentence = e.sentence(naming);
        return e.kind() != DeliveryException.Kind.INVALID_INPUT || sentence.length() <= MAX_SENTENCE
                ? sentence
                : Excerpt.of(sentence, MAX_SENTENCE / 2) + sentence.substring(sentence.length() - MAX_SENTENCE / 2);
    }

    /** Where the address of a cluster comes from that can't be reached: it may be a file that nobody named. */
    private static String origin(DeliveryException e, CommandLine command) {
        CommandSpec mixin = command.getCommandSpec().mixins().get("cluster");
        boolean away = e.kind() == DeliveryException.Kind.UNREACHABLE && "cluster".equals(e.parameter());
        return away && mixin != null && mixin.userObject() instanceof ClusterOptions options ? options.origin() : "";
    }

    /** The engine names the parameter as the Jenkins step does; here it is the option, or a key of a check. */
    private static String sentence(DeliveryException e, CommandLine command) {
        String sentence = shown(e, name -> name(name, command));
        if (e.parameter() == null) {
            return sentence;
        }
        String name = name(e.parameter(), command);
        boolean option = name.startsWith("--");
        return (option || command.getCommandSpec().findOption("--checks") == null ? "" : "--checks: ") + name + ": " + sentence;
    }

    /** What a parameter, a step or another thing of the Jenkins Pipeline is called here. */
    private static String name(String pipeline, CommandLine command) {
        if (THINGS.containsKey(pipeline)) {
            return THINGS.get(pipeline);
        }
        Matcher step = STEP.matcher(pipeline);
        if (step.matches()) {
            return command.getCommandSpec().root().name() + " " + Options.kebab(step.group(1));
        }
        String option = OPTIONS.getOrDefault(pipeline, "--" + Options.kebab(pipeline));
        return command.getCommandSpec().findOption(option) == null ? pipeline : option;
    }
}
