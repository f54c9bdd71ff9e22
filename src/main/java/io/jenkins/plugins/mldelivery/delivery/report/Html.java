package io.jenkins.plugins.mldelivery.delivery.report;

/** Text into HTML. */
final class Html {
    private Html() {}

    /** The text with the five characters that mean something in HTML replaced; safe in elements and quoted attributes. Control characters, which HTML forbids, become the replacement character. */
    static String escape(String text) {
        if (text == null) {
            return "";
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '\t', '\n' -> out.append(c);
                default -> out.append(c < ' ' || c == '\u007f' ? '\ufffd' : c);
            }
        }
        return out.toString();
    }
}
