package io.jenkins.plugins.mldelivery.delivery;

import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The one failure type of the engine: what went wrong, which parameter it concerns and what the user can do about it.
 *
 * <p>The message is a single sentence group made for a build log: <code>parameter: problem. remedy.</code> It is on one line and holds nothing that
 * a log or a terminal would act on, see {@link Printable}. What a remote side said may hold a secret: whoever lets an exception leave the engine passes it through {@link KnownSecrets#mask(Throwable)}, and
 * whoever cuts such a text masks it before. Adapters print the message alone and show the stack trace only on request.
 */
public final class DeliveryException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure this is; the command line maps it to its exit code. */
    public enum Kind {
        /** A parameter or an input file is wrong; nothing was touched. Exit code 2. */
        INVALID_INPUT(2),
        /** The delivery was judged bad: the canary failed its gate and was rolled back. Exit code 3. */
        ROLLED_BACK(3),
        /** The evidence did not suffice for a verdict. Exit code 4. */
        INCONCLUSIVE(4),
        /** A guard refused to go on, as before a plan that destroys resources, or a server refused the login or the right. Exit code 5. */
        REFUSED(5),
        /** A server, registry or tool can't be reached or found. Exit code 6. */
        UNREACHABLE(6),
        /** A remote side or a tool reported an error. Exit code 7. */
        FAILED(7),
        /** Something did not happen in the time the user gave it. Exit code 8. */
        TIMEOUT(8),
        /** The user aborted. Exit code 130, as shells report an interrupt. */
        ABORTED(130);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        /** The exit code of the command line, 2 to 130. */
        public int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;
    private final String parameter;
    private final String problem;
    private final String remedy;

    /**
     * @param kind what kind of failure
     * @param parameter the step's parameter concerned, or null when it is none
     * @param problem what is wrong, without a full stop at its end
     * @param remedy what the user can do, a whole sentence, or null. Names of parameters and steps in it, other than the one concerned, are written
     *     {@code `allowDestroy`}, so that each adapter can say them in its own way; so are {@code `agent`},
     *     {@code `workspace`}, {@code `step`} and {@code `build`}, which the command line does not have.
     * @param cause what raised it, or null
     */
    public DeliveryException(Kind kind, String parameter, String problem, String remedy, Throwable cause) {
        this(cause, kind, parameter, line(problem) + ".", remedy == null ? null : line(remedy));
    }

    private DeliveryException(Throwable cause, Kind kind, String parameter, String problem, String remedy) {
        super((parameter == null ? "" : parameter + ": ") + sentence(problem, remedy, UnaryOperator.identity()), cause);
        this.kind = kind;
        this.parameter = parameter;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** The same failure with its sentence changed, and with a cause that may be printed. */
    DeliveryException masked(UnaryOperator<String> change, Throwable printable) {
        return new DeliveryException(printable, kind, parameter, change.apply(problem), remedy == null ? null : change.apply(remedy));
    }

    /**
     * A failure whose sentence is made already, as one that comes from another machine.
     *
     * @param sentence the problem and the remedy, with their full stops
     */
    public static DeliveryException of(Kind kind, String parameter, String sentence) {
        return new DeliveryException(null, kind, parameter, Printable.line(sentence), null);
    }

    /** A wrong parameter or input file. */
    public static DeliveryException invalid(String parameter, String problem, String remedy) {
        return new DeliveryException(Kind.INVALID_INPUT, parameter, problem, remedy, null);
    }

    /** A server, registry or tool that can't be reached or found. */
    public static DeliveryException unreachable(String parameter, String problem, String remedy, Throwable cause) {
        return new DeliveryException(Kind.UNREACHABLE, parameter, problem, remedy, cause);
    }

    /** A login or a right that a server does not accept, as with the statuses 401 and 403; of every server the same kind. */
    public static DeliveryException refused(String parameter, String problem, String remedy, Throwable cause) {
        return new DeliveryException(Kind.REFUSED, parameter, problem, remedy, cause);
    }

    /** An error reported by a remote side or a tool. */
    public static DeliveryException failed(String parameter, String problem, String remedy, Throwable cause) {
        return new DeliveryException(Kind.FAILED, parameter, problem, remedy, cause);
    }

    private static String sentence(String problem, String remedy, UnaryOperator<String> name) {
        return remedy == null ? problem : problem + " " + ParameterNames.replace(remedy, name);
    }

    private static String line(String text) {
        // What parsers and tools say often has several lines.
        return Printable.line(String.valueOf(text).lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining(" ")));
    }

    /** The message without the parameter's name, for adapters that name it in their own way. */
    public String sentence() {
        return sentence(UnaryOperator.identity());
    }

    /**
     * The same, for adapters that call parameters and steps otherwise than the Jenkins Pipeline.
     *
     * @param name what the Pipeline's {@code allowDestroy} or {@code mlProvision} is called
     */
    public String sentence(UnaryOperator<String> name) {
        return sentence(problem, remedy, name);
    }

    /** What is wrong, without the full stop at its end. */
    public String problem() {
        return problem.endsWith(".") ? problem.substring(0, problem.length() - 1) : problem;
    }

    /** What the user can do, with its marked names, or null. */
    public String remedy() {
        return remedy;
    }

    /** What kind of failure this is. */
    public Kind kind() {
        return kind;
    }

    /** The parameter concerned, or null. */
    public String parameter() {
        return parameter;
    }
}
