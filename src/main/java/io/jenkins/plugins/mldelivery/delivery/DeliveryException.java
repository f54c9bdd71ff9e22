package io.jenkins.plugins.mldelivery.delivery;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        /** A guard refused to go on, for example a plan that destroys resources. Exit code 5. */
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

    /** How a text names a parameter, such as {@code {allowDestroy}}. */
    private static final Pattern NAMED = Pattern.compile("\\{([a-z][A-Za-z]*)}");

    private final Kind kind;
    private final String parameter;
    /** With its full stop. */
    private final String problem;
    /** As it was given, with the marks around names of parameters; null when there is none. */
    private final String remedy;

    /**
     * @param kind what kind of failure
     * @param parameter the step's parameter concerned, or null when it is none
     * @param problem what is wrong, without a full stop at its end
     * @param remedy what the user can do, a whole sentence, or null. A name of a parameter in it stands in braces, as in
     *     {@code Set {allowDestroy} if that is meant.}, since adapters name parameters in their own ways
     * @param cause what raised it, or null
     */
    public DeliveryException(Kind kind, String parameter, String problem, String remedy, Throwable cause) {
        this(kind, parameter, cause, printable(problem) + ".", remedy == null ? null : printable(remedy));
    }

    private DeliveryException(Kind kind, String parameter, Throwable cause, String problem, String remedy) {
        super((parameter == null ? "" : parameter + ": ") + problem + behind(remedy, UnaryOperator.identity()), cause);
        this.kind = kind;
        this.parameter = parameter;
        this.problem = problem;
        this.remedy = remedy;
    }

    private static String behind(String remedy, UnaryOperator<String> naming) {
        return remedy == null
                ? ""
                : " " + NAMED.matcher(remedy)
                        .replaceAll(name -> Matcher.quoteReplacement(naming.apply(name.group(1))));
    }

    /** The same failure with its texts changed, and with a cause that may be printed. */
    DeliveryException masked(UnaryOperator<String> change, Throwable printable) {
        return new DeliveryException(
                kind, parameter, printable, change.apply(problem), remedy == null ? null : change.apply(remedy));
    }

    /**
     * A failure whose sentence is made already, as one that comes from another machine.
     *
     * @param sentence the problem and the remedy, with their full stops
     */
    public static DeliveryException of(Kind kind, String parameter, String sentence) {
        return new DeliveryException(kind, parameter, (Throwable) null, Printable.line(sentence), null);
    }

    /** A wrong parameter or input file. */
    public static DeliveryException invalid(String parameter, String problem, String remedy) {
        return new DeliveryException(Kind.INVALID_INPUT, parameter, problem, remedy, null);
    }

    /** A server, registry or tool that can't be reached or found. */
    public static DeliveryException unreachable(String parameter, String problem, String remedy, Throwable cause) {
        return new DeliveryException(Kind.UNREACHABLE, parameter, problem, remedy, cause);
    }

    /** An error reported by a remote side or a tool. */
    public static DeliveryException failed(String parameter, String problem, String remedy, Throwable cause) {
        return new DeliveryException(Kind.FAILED, parameter, problem, remedy, cause);
    }

    /** What parsers and tools say often has several lines. */
    private static String printable(String text) {
        return Printable.line(String.valueOf(text)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" ")));
    }

    /** The message without the parameter's name, for adapters that name it in their own way. */
    public String sentence() {
        return sentence(UnaryOperator.identity());
    }

    /**
     * The same with other names of the parameters that the remedy mentions.
     *
     * @param naming from the step's name, such as {@code allowDestroy}
     */
    public String sentence(UnaryOperator<String> naming) {
        return problem + behind(remedy, naming);
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
