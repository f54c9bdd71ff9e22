package io.jenkins.plugins.mldelivery.testing;

import com.pholser.junit.quickcheck.generator.GenerationStatus;
import com.pholser.junit.quickcheck.generator.Generator;
import com.pholser.junit.quickcheck.generator.GeneratorConfiguration;
import com.pholser.junit.quickcheck.random.SourceOfRandomness;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Texts for the fuzz tests of parsers: mutations of valid input, and structured hostile input, such as long runs, deep
 * nesting, numbers at the end of their range, and characters that change how a log looks. At most
 * {@link #MAX_LENGTH} characters. A test asks for it with {@code @From(HostileText.class) @HostileText.Like({"5m"})},
 * and hands each text to {@link #survives}.
 */
public final class HostileText extends Generator<String> {
    /** Of a text. */
    public static final int MAX_LENGTH = 120_000;

    /** How long a parser may take for one text, on a machine that is busy with other things. */
    public static final Duration TIME = Duration.ofSeconds(5);

    private static final int LONG = 60_000;

    /** What is put into valid input, alone and many times. */
    private static final List<String> PARTS = List.of(
            "a", "Z", "0", "9", " ", "\t", "\n", "\r\n", "\"", "'", "`", "\\", "\\\"", "(", ")", "[", "]", "{", "}", "<", ">", ",", ";", ":",
            "=", "=~", "!", "/", "//", "#", "%", "&", "&&", "||", "+", "-", "*", ".", "..", "?", "^", "$", "@", "_", "|", "~",
            "a*", "(a*)*", "(a|a)*", "(?=", "[^", "{1000}", "((((", "))))", "[[[[", "]]]]", "{{{{", "}}}}", "{\"a\":", "[1,", "- ", "? ",
            "&a ", "*a ", "!!java.net.URL ", "1e308", "-1e308", "1e-400", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "2147483648", "4294967296", "18446744073709551616", "0x7fffffff", "1_000", "1e999999999", "NaN", "+Inf",
            "-Inf", "Infinity", "null", "true", "\0", "\u001b[8m", "\u009b", "\u0085", "\u2028", "\u202e", "\u200b", "\ufeff", "\uffff",
            "\ud800", "\udc00", "\ud83d\ude00", "e\u0301", "İ", "ß", "${jndi:ldap://x}", "$(id)", "%0a", "%00", "%u0000", "\r\nX-Injected: 1",
            "../", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");

    private List<String> valid = List.of("");

    /** Valid input, which the texts are mutations of. */
    @Target({ElementType.PARAMETER, ElementType.FIELD, ElementType.ANNOTATION_TYPE, ElementType.TYPE_USE})
    @Retention(RetentionPolicy.RUNTIME)
    @GeneratorConfiguration
    public @interface Like {
        /** One or more texts. */
        String[] value();
    }

    /** For junit-quickcheck. */
    public HostileText() {
        super(String.class);
    }

    /** For junit-quickcheck. */
    public void configure(Like like) {
        valid = List.of(like.value());
    }

    @Override
    public String generate(SourceOfRandomness random, GenerationStatus status) {
        return generate(random, valid);
    }

    /** One text, for a test that makes its input by itself. */
    public static String generate(SourceOfRandomness random, List<String> valid) {
        String text = valid.get(random.nextInt(valid.size()));
        int mutations = 1 + random.nextInt(4);
        for (int i = 0; i < mutations; i++) {
            text = mutated(random, text, valid);
            text = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        }
        return text;
    }

    private static String mutated(SourceOfRandomness random, String text, List<String> valid) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(1 + Math.min(16, text.length())));
        String head = text.substring(0, from);
        String middle = text.substring(from, to);
        String tail = text.substring(to);
        String part = PARTS.get(random.nextInt(PARTS.size()));
        return switch (random.nextInt(12)) {
            case 0 -> head + tail;
            case 1 -> head + part + tail;
            case 2 -> head + part + middle + tail;
            case 3 -> head + middle.repeat(2 + random.nextInt(5)) + tail;
            case 4 -> head + repeated(middle.isEmpty() ? part : middle, random) + tail;
            case 5 -> head + repeated(part, random) + tail;
            case 6 -> repeated(text, random);
            case 7 -> head;
            case 8 -> head + nested(random) + tail;
            case 9 -> head + (char) random.nextInt(Character.MAX_VALUE + 1) + tail;
            case 10 -> text + valid.get(random.nextInt(valid.size()));
            default -> random.nextInt(50) == 0 ? "" : new StringBuilder(text).reverse().toString();
        };
    }

    private static String repeated(String part, SourceOfRandomness random) {
        int length = random.nextInt(4) == 0 ? LONG : 1 + random.nextInt(300);
        return part.isEmpty() ? "" : part.repeat(Math.max(1, length / part.length()));
    }

    private static String nested(SourceOfRandomness random) {
        List<String> pair = List.of(List.of("(", ")"), List.of("[", "]"), List.of("{", "}"), List.of("{\"a\":", "}"), List.of("(?:a", ")*"))
                .get(random.nextInt(5));
        int depth = random.nextInt(3) == 0 ? LONG / 8 : 1 + random.nextInt(200);
        return pair.get(0).repeat(depth) + "1" + (random.nextBoolean() ? pair.get(1).repeat(depth) : "");
    }

    /**
     * Fails unless a parser ends within {@link #TIME}, with a value or with an exception that is meant for it: a
     * {@link DeliveryException} or one of those given. Each runs on a thread of its own, so that one that never ends
     * fails its test.
     */
    @SafeVarargs
    public static void survives(String input, Callable<?> parser, Class<? extends Throwable>... meant) {
        FutureTask<Object> task = new FutureTask<>(parser::call);
        Thread thread = new Thread(task, "parser");
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(TIME.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            AssertionError late = new AssertionError("not done in " + TIME + ": " + shown(input));
            late.setStackTrace(thread.getStackTrace());
            thread.interrupt();
            throw late;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (!(cause instanceof DeliveryException) && List.of(meant).stream().noneMatch(type -> type.isInstance(cause))) {
                throw new AssertionError(cause.getClass() + " for " + shown(input), cause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String shown(String input) {
        StringBuilder shown = new StringBuilder();
        input.chars().limit(300).forEach(c -> shown.append(c < ' ' || c > '~' ? String.format("\\u%04x", c) : String.valueOf((char) c)));
        return input.length() + " characters: " + shown + (input.length() > 300 ? "…" : "");
    }
}
