package io.jenkins.plugins.mldelivery.hostile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a run of the command line ended.
 *
 * @param exitCode its exit code; null when it had to be killed
 * @param took from its start to its end
 * @param worked its time on processors, without that of other processes; zero where that is not known
 * @param peak its greatest resident memory, in KiB; 0 where that is not known
 * @param out standard output
 * @param err standard error
 * @param commandLines those of its children
 */
record Ending(
        Integer exitCode, Duration took, Duration worked, long peak, String out, String err, String commandLines) {
    /** What no run may take, in KiB. */
    static final long MAX_PEAK = 300L * 1000 * 1000 / 1024;

    /** Those after which the events have told what happened, and there is no error: a verdict, or an end by a signal. */
    private static final Set<Integer> VERDICTS = Set.of(0, 3, 4, 130, 143);

    private static final Pattern CLASS_NAME = Pattern.compile(
            "\\b(?:java|javax|jdk|sun|io|com|org|picocli)\\.[a-z0-9.]+\\.[A-Z]\\w+|\\b[A-Z]\\w+(?:Exception|Error)\\b");
    private static final Pattern TRACE = Pattern.compile("(?m)^\\s+at |^Caused by|Exception in thread");
    /** What is wrong, and what to do about it. */
    private static final Pattern SENTENCE = Pattern.compile("error: .+\\. .+[^.]\\.");
    /** What a terminal or a log acts on, except the end of a line. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n]]");

    private static final int MAX_SENTENCE = 3000;
    private static final int SHOWN = 3000;

    /** What of it should not be so. */
    List<String> problems(HostileInput input, PlantedSecrets secrets) {
        List<String> problems = new ArrayList<>();
        if (exitCode == null) {
            problems.add("it did not end, and was killed after " + took.toSeconds() + " s");
        } else if (!input.exitCodes().contains(exitCode)) {
            problems.add("its exit code was " + exitCode + " instead of " + input.exitCodes());
        }
        if (peak > MAX_PEAK) {
            problems.add("it took " + peak / 1024 + " MiB");
        }
        sentence(input, problems);
        secrets.in(out).forEach(secret -> problems.add("the secret " + secret + " is in its output"));
        secrets.in(err).forEach(secret -> problems.add("the secret " + secret + " is in its errors"));
        secrets.in(commandLines).forEach(secret -> problems.add("the secret " + secret + " is on a command line"));
        return problems;
    }

    private void sentence(HostileInput input, List<String> problems) {
        List<String> errors = errors();
        boolean verdict = exitCode != null && VERDICTS.contains(exitCode);
        if (errors.size() != (verdict ? 0 : 1)) {
            problems.add("there are " + errors.size() + " errors");
        }
        for (String error : errors) {
            if (!SENTENCE.matcher(error).matches() || error.length() > MAX_SENTENCE) {
                problems.add("its error does not say what is wrong and what to do");
            }
        }
        if (!input.says().matcher(verdict ? err : String.join("\n", errors)).find()) {
            problems.add("it does not say /" + input.says() + "/");
        }
        if (TRACE.matcher(err).find()) {
            problems.add("there is a stack trace");
        }
        Matcher className = CLASS_NAME.matcher(err);
        if (className.find()) {
            problems.add("there is the name of a class, " + className.group());
        }
        Matcher control = CONTROL.matcher(out + err);
        if (control.find()) {
            problems.add("there is the character U+"
                    + Integer.toHexString(control.group().codePointAt(0)));
        }
    }

    /** The lines that say why it failed. */
    List<String> errors() {
        return err.lines().filter(line -> line.startsWith("error: ")).toList();
    }

    /** What a person would want to see of it. */
    String shown() {
        return "exit code " + exitCode + ", " + took.toMillis() + " ms, of which it worked " + worked.toMillis()
                + " ms, " + peak / 1024 + " MiB\n" + cut(err) + "\n" + cut(out);
    }

    private static String cut(String text) {
        return text.length() <= SHOWN
                ? text
                : text.substring(0, SHOWN / 2) + "\n...\n" + text.substring(text.length() - SHOWN / 2);
    }

    /** The sentence, for the table. */
    String sentence() {
        return errors().isEmpty()
                ? err.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .collect(Collectors.collectingAndThen(
                                Collectors.toList(), lines -> lines.isEmpty() ? "" : lines.get(lines.size() - 1)))
                : errors().get(0);
    }
}
