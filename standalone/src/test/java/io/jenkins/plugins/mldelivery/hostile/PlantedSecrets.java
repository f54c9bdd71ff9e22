package io.jenkins.plugins.mldelivery.hostile;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Secrets that a test hands to a program, to be looked for in all that the program leaves. The forms that are looked for
 * are made here and not by the engine's masker, which is what is tested.
 */
final class PlantedSecrets {
    private static final int MIN_FORM = 8;

    private final Map<String, Set<String>> forms = new LinkedHashMap<>();

    /**
     * A new one.
     *
     * @param what for the message; a part of the value, so that each is another
     */
    String plant(String what) {
        // Not random, so that a failure can be repeated; of characters that URLs, JSON and XML escape as well.
        return plantValue("pl4nted/" + what + "+&\"" + Integer.toHexString(31 * what.hashCode() + forms.size()) + "=");
    }

    /** One of letters and digits only, for places that take no others. */
    String plantWord(String what) {
        return plantValue("pl4nted" + what + Integer.toHexString(31 * what.hashCode() + forms.size()));
    }

    /** This one. */
    String plantValue(String value) {
        forms.put(value, forms(value));
        return value;
    }

    private static Set<String> forms(String value) {
        Set<String> forms = new LinkedHashSet<>();
        List<String> plain = new ArrayList<>(List.of(value, value.strip()));
        value.lines().map(String::strip).forEach(plain::add);
        for (String text : plain) {
            String json = text.replace("\\", "\\\\").replace("\"", "\\\"");
            forms.add(text);
            forms.add(json);
            forms.add(URLEncoder.encode(text, StandardCharsets.UTF_8));
            forms.add(URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"));
            forms.add(text.replace("&", "&amp;").replace("\"", "&quot;"));
            forms.add(text.replace("&", "\\u0026"));
            encoded(text, forms);
            encoded(json, forms);
        }
        forms.removeIf(form -> form.length() < MIN_FORM);
        return forms;
    }

    private static void encoded(String text, Set<String> forms) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        forms.add(HexFormat.of().formatHex(bytes));
        for (int offset = 0; offset < 3; offset++) {
            forms.add(base64(bytes, offset));
            forms.add(base64(bytes, offset).replace('+', '-').replace('/', '_'));
        }
    }

    /** The characters that stand for nothing but these bytes, wherever they are in what was encoded. */
    private static String base64(byte[] bytes, int offset) {
        byte[] all = new byte[offset + bytes.length];
        System.arraycopy(bytes, 0, all, offset, bytes.length);
        String text = Base64.getEncoder().withoutPadding().encodeToString(all);
        return text.substring(offset == 0 ? 0 : offset + 1, all.length * 8 / 6);
    }

    /** Those that are in a text, in any form. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        forms.forEach((value, all) -> {
            if (all.stream().anyMatch(text::contains)) {
                found.add(value.strip());
            }
        });
        return found;
    }

    boolean isEmpty() {
        return forms.isEmpty();
    }
}
