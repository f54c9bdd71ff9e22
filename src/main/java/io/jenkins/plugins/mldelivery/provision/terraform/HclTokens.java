package io.jenkins.plugins.mldelivery.provision.terraform;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The words and signs of a text of Terraform's language, as far as it takes to find declarations: comments, templates in texts, and heredocs are left out. Takes any text, in linear time.
 */
final class HclTokens {
    private static final char TEXT = '"';
    private static final char TEMPLATE = '$';
    private static final char BRACE = '{';

    private final String hcl;
    /** What is open: {@link #TEXT}, a {@link #TEMPLATE} in a text, or a {@link #BRACE} in such a template. */
    private final Deque<Character> open = new ArrayDeque<>();
    private int at;

    HclTokens(String hcl) {
        this.hcl = hcl;
    }

    /** The next word, text in quotes (with them; what is in templates left out), or sign; null at the end. */
    String next() {
        while (at < hcl.length()) {
            char c = hcl.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '#' || hcl.startsWith("//", at)) {
                at = after("\n", at);
            } else if (hcl.startsWith("/*", at)) {
                at = after("*/", at + 2);
            } else if (hcl.startsWith("<<", at)) {
                heredoc();
            } else if (c == TEXT) {
                return text();
            } else if (Character.isLetterOrDigit(c) || c == '_') {
                return word();
            } else {
                at++;
                return String.valueOf(c);
            }
        }
        return null;
    }

    private String word() {
        int start = at;
        while (at < hcl.length() && (Character.isLetterOrDigit(hcl.charAt(at)) || hcl.charAt(at) == '_' || hcl.charAt(at) == '-')) {
            at++;
        }
        return hcl.substring(start, at);
    }

    private String text() {
        StringBuilder text = new StringBuilder("\"");
        at++;
        open.push(TEXT);
        while (at < hcl.length() && !open.isEmpty()) {
            char c = hcl.charAt(at++);
            if (open.peek() == TEXT) {
                inText(c, text);
            } else if (c == TEXT) {
                open.push(TEXT);
            } else if (c == '{') {
                open.push(BRACE);
            } else if (c == '}') {
                open.pop();
            }
        }
        open.clear();
        return text.append('"').toString();
    }

    private void inText(char c, StringBuilder text) {
        if (c == TEXT) {
            open.pop();
        } else if (c == '\\') {
            at++;
        } else if ((c == '$' || c == '%') && hcl.startsWith(c + "{", at)) {
            at += 2; // An escaped one, $${.
        } else if ((c == '$' || c == '%') && at < hcl.length() && hcl.charAt(at) == '{') {
            at++;
            open.push(TEMPLATE);
        } else if (open.size() == 1) {
            text.append(c);
        }
    }

    /** <code>&lt;&lt;-NAME</code>, lines, and a line with the name alone. */
    private void heredoc() {
        at += 2;
        if (at < hcl.length() && hcl.charAt(at) == '-') {
            at++;
        }
        String name = word();
        if (name.isEmpty()) {
            return;
        }
        at = after("\n", at);
        while (at < hcl.length()) {
            int start = at;
            at = after("\n", at);
            if (hcl.substring(start, at).strip().equals(name)) {
                return;
            }
        }
    }

    private int after(String end, int from) {
        int found = hcl.indexOf(end, from);
        return found < 0 ? hcl.length() : found + end.length();
    }
}
