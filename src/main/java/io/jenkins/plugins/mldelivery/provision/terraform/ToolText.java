package io.jenkins.plugins.mldelivery.provision.terraform;

/** What a tool says in plain text, for a sentence of an error. */
final class ToolText {
    private static final int MAX = 1200;
    private static final String ERROR = "Error: ";

    private ToolText() {}

    /** On one line, without the frame that Terraform draws around errors and the warnings before the first of them, and shortened. */
    static String brief(String text) {
        String flat = text.strip().replaceAll("[\\s│╷╵]+", " ").strip();
        int error = flat.indexOf(ERROR);
        return cut(error > 0 ? flat.substring(error) : flat);
    }

    private static String cut(String flat) {
        return withoutEnd(flat.length() > MAX ? flat.substring(0, MAX) + "…" : flat);
    }

    /** Without full stops and white space at its end. */
    static String withoutEnd(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '.' || Character.isWhitespace(text.charAt(end - 1)))) {
            end--;
        }
        return text.substring(0, end);
    }
}
