package io.jenkins.plugins.mldelivery.delivery;

import java.util.regex.Pattern;

/** The name rules of Kubernetes objects. */
public final class Names {
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    /** Characters of a DNS label, and so of a namespace's name. */
    public static final int LONGEST_LABEL = 63;
    private static final Pattern QUALIFIED = Pattern.compile("([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?");

    private Names() {}

    /** Checks the key of a label, annotation or taint: a name of at most 63 characters, perhaps with a DNS prefix such as <code>example.com/name</code>. */
    public static String qualified(String parameter, String key) throws DeliveryException {
        if (key == null || !QUALIFIED.matcher(key).matches()) {
            throw DeliveryException.invalid(parameter, "'" + Excerpt.of(key) + "' is not a valid key", "Write it like disktype or example.com/disktype.");
        }
        return key;
    }

    /** Checks the value of a label: at most 63 letters, digits, '-', '_' and '.'. */
    public static String labelValue(String parameter, String value) throws DeliveryException {
        if (value == null || !LABEL_VALUE.matcher(value).matches()) {
            throw DeliveryException.invalid(parameter, "'" + Excerpt.of(value) + "' is not a valid label value", "Use at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit.");
        }
        return value;
    }

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
                    "'" + Excerpt.of(name) + "' is not a valid name",
                    "Use at most " + maxLength
                            + " lower-case letters, digits and '-', beginning and ending with a letter or digit.");
        }
        return name;
    }

    /**
     * Checks the name of a Service (RFC 1035): a DNS label that begins with a letter.
     *
     * @param parameter the parameter it came from, for the error
     * @param maxLength at most 63; less where a suffix is added
     */
    public static String serviceName(String parameter, String name, int maxLength) throws DeliveryException {
        if (!Character.isLetter(dnsLabel(parameter, name, maxLength).charAt(0))) {
            throw DeliveryException.invalid(
                    parameter, "'" + Excerpt.of(name) + "' is not a valid name of a Service, which begins with a letter",
                    "Write it like model-" + name + ".");
        }
        return name;
    }

    /** Whether a text is a DNS label (RFC 1123). */
    public static boolean isDnsLabel(String name) {
        return name.length() <= LONGEST_LABEL && DNS_LABEL.matcher(name).matches();
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
            valid &= isDnsLabel(label);
        }
        if (!valid) {
            throw DeliveryException.invalid(
                    parameter,
                    "'" + Excerpt.of(name) + "' is not a valid name",
                    "Use at most " + maxLength + " lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit.");
        }
        return name;
    }
}
