package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of <code>./ml-delivery</code>. */
@Command(
        name = "ml-delivery",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Takes a machine-learning model from a folder to a verified canary.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            PlaygroundCommand.class,
            BuildImageCommand.class,
            ProvisionCommand.class,
            DeployModelCommand.class,
            VerifyMetricsCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done or promoted, 1 a defect of ML Delivery, 2 wrong parameter,",
            "3 canary rolled back, 4 inconclusive, 5 refused by a guard, or login refused by a",
            "server, 6 unreachable, 7 failed, 8 time-out, 129, 130 or 143 aborted.",
            "'./ml-delivery test' (in a clone) builds and runs the tests."
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private final World world;

    private Main(World world) {
        this.world = world;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command: demo, playground, build-image, provision, deploy-model or verify-metrics; in a clone also test.");
    }

    /** The world that the commands run in. */
    World world() {
        return world;
    }

    /** Runs the program; SIGINT and SIGTERM interrupt the command and wait until it has cleaned up. */
    public static void main(String[] args) {
        World world = new World(
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                System.in,
                terminal() && !"dumb".equals(System.getenv("TERM")),
                Path.of("").toAbsolutePath(),
                System.getenv());
        LostThreads lost = LostThreads.of(Thread.currentThread(), world);
        try (Interrupts ignored = Interrupts.of(Thread.currentThread())) {
            int code = lost.codeAfter(execute(world, args));
            if (!ignored.interrupted()) {
                // Not inside the try's close: exiting from a thread that the shutdown waits for would never end.
                Runtime.getRuntime().halt(flush(world, code));
            }
        }
    }

    /** The launcher says whether standard error, where progress goes, is one; Java knows of input and output together only. */
    private static boolean terminal() {
        String said = System.getProperty("mldelivery.terminal");
        return said == null ? System.console() != null : Boolean.parseBoolean(said);
    }

    private static int flush(World world, int code) {
        world.out().flush();
        world.err().flush();
        return code;
    }

    /**
     * Runs one command line.
     *
     * @return the exit code
     */
    static int execute(World world, String... args) {
        Failures failures = new Failures(world);
        // It warns of values that it finds odd, and quotes them: they may be secrets.
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        try {
            return new CommandLine(new Main(world), new Factory(world))
                    .setOut(new java.io.PrintWriter(world.out(), true))
                    .setErr(new java.io.PrintWriter(world.err(), true))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setUsageHelpAutoWidth(true)
                    .setAbbreviatedOptionsAllowed(false)
                    // A value that begins with @ is a value: read as a file of arguments, it could name a program to run.
                    .setExpandAtFiles(false)
                    .setExecutionExceptionHandler(failures)
                    .setParameterExceptionHandler(failures)
                    .execute(args);
        } catch (VirtualMachineError e) {
            return failures.handleFatal(e);
        }
    }

    /** What the program runs in: streams, whether a person is at them, working directory, environment variables and the secrets that it has learned, so that tests can give their own. */
    record World(
            PrintStream out, PrintStream err, InputStream in, boolean terminal, Path directory, Map<String, String> variables, KnownSecrets known) {
        World(PrintStream out, PrintStream err, InputStream in, boolean terminal, Path directory, Map<String, String> variables) {
            this(out, err, in, terminal, directory, variables, new KnownSecrets());
        }
    }

    /** Hands the world to commands that want it. */
    private record Factory(World world) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            try {
                return type.getDeclaredConstructor(World.class).newInstance(world);
            } catch (NoSuchMethodException e) {
                return CommandLine.defaultFactory().create(type);
            }
        }
    }

    /** The version from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"ml-delivery " + (version == null ? "(development)" : version)};
        }
    }
}
