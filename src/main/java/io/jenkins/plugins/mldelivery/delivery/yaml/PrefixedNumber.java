package io.jenkins.plugins.mldelivery.delivery.yaml;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whole numbers as Kubernetes' own readers take them where nothing quotes them, but YAML 1.1 does not: {@code 0o644},
 * which is how YAML 1.2 writes 420, and prefixes in capitals.
 */
final class PrefixedNumber {
    private static final Pattern FORM =
            Pattern.compile("([-+]?)0(?:[oO]([0-7_]{1,64})|X([0-9a-fA-F_]{1,64})|B([01_]{1,64}))");
    private static final int[] RADIX = {8, 16, 2};

    private PrefixedNumber() {}

    /** The number; none when it is not one of these, or has more than 64 bits. */
    static OptionalLong parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return OptionalLong.empty();
        }
        int group = 2;
        while (form.group(group) == null) {
            group++;
        }
        String sign = "-".equals(form.group(1)) ? "-" : "";
        try {
            return OptionalLong.of(Long.parseLong(sign + form.group(group).replace("_", ""), RADIX[group - 2]));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // Only underscores, or too large.
        }
    }
}
