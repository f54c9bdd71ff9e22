package io.jenkins.plugins.mldelivery.delivery.report;

import io.jenkins.plugins.mldelivery.delivery.Printable;

/** Text into HTML. */
final class Html {
    private Html() {}

    /** The text on one line, with the five characters that mean something in HTML replaced; safe in elements and quoted attributes. What a browser would act on is shown, see {@link Printable}. */
    static String escape(String given) {
        if (given == null) {
            return "";
        }
        String text = Printable.line(given);
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
