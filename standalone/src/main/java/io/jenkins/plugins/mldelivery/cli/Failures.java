package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells a failure in one sentence; the stack trace comes only with <code>--verbose</code>. */
final class Failures implements IExecutionExceptionHandler {
    private final Main.World world;

    Failures(Main.World world) {
        this.world = world;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        boolean verbose = parsed.originalArgs().contains("--verbose");
        int code;
        if (e instanceof DeliveryException d) {
            world.err().println("error: " + option(d) + d.getMessage());
            code = d.kind().exitCode();
        } else if (e instanceof InterruptedException) {
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

    /** The engine names the parameter as the Jenkins step does; in kebab case it is the option. */
    private static String option(DeliveryException e) {
        String kebab = e.parameter() == null ? "" : Options.kebab(e.parameter());
        return kebab.isEmpty() || kebab.equals(e.parameter()) ? "" : "--" + kebab + ": ";
    }
}
