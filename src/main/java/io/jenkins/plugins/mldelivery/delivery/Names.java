package io.jenkins.plugins.mldelivery.delivery;

import java.util.regex.Pattern;

/** The name rules of Kubernetes objects. */
public final class Names {
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

    private static final int LONGEST_LABEL = 63;

    private Names() {}

    /**
     * Checks a DNS label (RFC 1123), the rule for namespaces and Services.
     *
     * @param parameter the parameter it came from, for the error
     * @param maxLength at most 63; less where a suffix is added
     * @return the name
     */
    public static String dnsLabel(String parameter, String name, int maxLength) throws DeliveryException {
        if (name == null || name.isEmpty()) {
            throw DeliveryException.invalid(parameter, "no name is given", "Give a name such as churn.");
        }
        if (name.length() > maxLength || !DNS_LABEL.matcher(name).matches()) {
            throw DeliveryException.invalid(
                    parameter,
                    "'" + name + "' is no valid name",
                    "Use at most " + maxLength
                            + " lower-case letters, digits and '-', beginning and ending with a letter or digit.");
        }
        return name;
    }

    /**
     * Checks a DNS subdomain (RFC 1123): labels with dots between them, the rule for most other objects.
     *
     * @param parameter the parameter it came from, for the error
     * @param maxLength at most 253; less where a suffix is added
     * @return the name
     */
    public static String dnsSubdomain(String parameter, String name, int maxLength) throws DeliveryException {
        if (name == null || name.isEmpty()) {
            throw DeliveryException.invalid(parameter, "no name is given", "Give a name such as churn.");
        }
        boolean valid = name.length() <= maxLength;
        for (String label : name.split("\\.", -1)) {
            valid &= label.length() <= LONGEST_LABEL && DNS_LABEL.matcher(label).matches();
        }
        if (!valid) {
            throw DeliveryException.invalid(
                    parameter,
                    "'" + name + "' is no valid name",
                    "Use at most " + maxLength + " lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit.");
        }
        return name;
    }
}
