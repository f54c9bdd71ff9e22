package io.jenkins.plugins.mldelivery.delivery.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a text of YAML and JSON: what stands between two lines that begin with three dashes. Such a line ends a
 * document whatever is open: JSON has no line breaks in its strings, and YAML indents what it continues. Line breaks
 * are those of JSON; YAML has more, which split nothing here and are left to its parser.
 *
 * @param text with the dashes before it
 * @param linesBefore how many lines of the whole text are before it
 * @param braced whether a brace begins it, behind blanks and comments, so that it may be JSON
 */
record TextPart(String text, int linesBefore, boolean braced) {
    private static final Pattern MARKER = Pattern.compile("(?<=[\n\r])---(?=[ \t\n\r]|\\z)");
    private static final Pattern FIRST_MARKER = Pattern.compile("---(?=[ \t\n\r]|\\z)");
    private static final Pattern DIRECTIVE = Pattern.compile("(?:\\A|[\n\r])%");
    /** Files that are joined keep their byte order marks: before the dashes, or behind their line. */
    private static final Pattern MARK_BEFORE = Pattern.compile("(?<=[\n\r])\uFEFF(?=---(?:[ \t\n\r]|\\z))");
    private static final Pattern MARK_BEHIND =
            Pattern.compile("(?<![^\n\r])(---[ \t]*+(?:#[^\n\r]*+)?(?:\r\n|[\n\r]))\uFEFF");

    private static final Pattern LINE_BREAK = Pattern.compile("\r\n|[\n\r]");
    /** The comment ends at YAML's line breaks, so that nothing is taken for one that YAML would read. */
    private static final Pattern COMMENT_LINE = Pattern.compile("(?<![^\n\r])[ \t]*+#[^\n\r\u0085\u2028\u2029]*+");

    private static final Pattern END_MARKER = Pattern.compile("(?<=[\n\r])\\.\\.\\.[ \t\n\r]*+\\z");
    private static final Pattern INDENTATION = Pattern.compile("(?m)^[ \t]+");
    private static final Pattern NEXT_DOCUMENT = Pattern.compile("(?m)^(---|\\.\\.\\.)");

    /**
     * The parts of a text: one, which is the text, where none of them may be JSON, or where directives belong to
     * what is behind the next dashes.
     *
     * @param max how many at the most; the last one is the rest
     */
    static List<TextPart> of(String whole, int max) {
        String text = withoutMarks(whole);
        if (DIRECTIVE.matcher(text).find()) {
            return List.of(new TextPart(text, 0, false));
        }
        List<TextPart> parts = new ArrayList<>();
        Matcher marker = MARKER.matcher(text);
        int begin = 0;
        int line = 0;
        while (begin < text.length()) {
            int end = parts.size() + 1 < max && marker.find() ? marker.start() : text.length();
            String part = text.substring(begin, end);
            parts.add(new TextPart(part, line, isBraced(part)));
            line += (int) LINE_BREAK.matcher(part).results().count();
            begin = end;
        }
        return parts.stream().anyMatch(TextPart::braced) ? parts : List.of(new TextPart(text, 0, false));
    }

    private static String withoutMarks(String text) {
        String rest = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return rest.indexOf('\uFEFF') < 0
                ? rest
                : MARK_BEHIND.matcher(MARK_BEFORE.matcher(rest).replaceAll("")).replaceAll("$1");
    }

    private static boolean isBraced(String part) {
        boolean comment = false;
        for (int i = dashes(part); i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '\n' || c == '\r') {
                comment = false;
            } else if (c == '#') {
                comment = true;
            } else if (!comment && c != ' ' && c != '\t') {
                return c == '{';
            }
        }
        return false;
    }

    private static int dashes(String part) {
        return FIRST_MARKER.matcher(part).lookingAt() ? 3 : 0;
    }

    /**
     * As JSON, with its lines where they are, but without the dashes, the dots that may end it, and the lines that
     * are comments. If that is JSON, no string was open at the begin of a line, and so they were comments.
     */
    String json() {
        String content = " ".repeat(dashes(text)) + text.substring(dashes(text));
        return END_MARKER.matcher(COMMENT_LINE.matcher(content).replaceAll("")).replaceFirst("");
    }

    /**
     * As YAML. Between braces indentation means nothing, and may be of tabs in other parsers. In another document
     * behind them, it does.
     */
    String yaml() {
        return braced && !NEXT_DOCUMENT.matcher(text).find(dashes(text)) ? INDENTATION.matcher(text).replaceAll(" ") : text;
    }
}
