package io.jenkins.plugins.mldelivery.steps;

import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;

/** Fields of forms: checked by the engine's own rules, in an object of which everything else is well. */
final class FormFields {
    private static final Set<Class<?>> NUMBERS =
            Set.of(int.class, Integer.class, long.class, double.class, Double.class);

    private FormFields() {}

    /** A check of the engine. */
    @FunctionalInterface
    interface EngineCheck {
        /** Throws what is wrong. */
        void run() throws DeliveryException;
    }

    /**
     * Checks one field.
     *
     * @param item where the form is, whose configuration the user has to be allowed to change
     * @param parameter the name that the engine's errors begin with
     * @param text of the field; when it is blank, the default is taken, and nothing is wrong
     * @param type makes a value of the text, or throws that it is no number
     * @param setter puts the value into the object
     * @param check checks the object
     */
    static <V> FormValidation check(
            Item item, String parameter, String text, Function<String, V> type, Consumer<V> setter, EngineCheck check) {
        CredentialsChoices.checkMayConfigure(item);
        String trimmed = Util.fixEmptyAndTrim(text);
        if (trimmed == null) {
            return FormValidation.ok();
        }
        try {
            setter.accept(type.apply(trimmed));
        } catch (NumberFormatException e) {
            return FormValidation.error(Messages.MetricCheck_NoNumber(trimmed));
        }
        return validate(parameter, check);
    }

    /** The outcome of a check: the engine's own error text without the parameter's name, which the form shows anyway. */
    static FormValidation validate(String parameter, EngineCheck check) {
        try {
            check.run();
            return FormValidation.ok();
        } catch (DeliveryException e) {
            String message = e.getMessage();
            String prefix = parameter + ": ";
            return FormValidation.error(message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        }
    }

    /** The elements of a text area, one a line. */
    static List<String> lines(String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    /**
     * Leaves those of the numbers out of a submitted form that are empty, which means the default.
     *
     * @param described what the form describes
     * @throws Descriptor.FormException when one is no number: it would silently become the default, and an empty one zero
     */
    static void numbers(Class<?> described, JSONObject form) throws Descriptor.FormException {
        for (DescribableParameter parameter : new DescribableModel<>(described).getParameters()) {
            if (NUMBERS.contains(parameter.getErasedType())) {
                String text = Util.fixEmptyAndTrim(form.optString(parameter.getName()));
                form.remove(parameter.getName());
                if (text != null) {
                    checkNumber(parameter, text);
                    form.put(parameter.getName(), text);
                }
            }
        }
    }

    private static void checkNumber(DescribableParameter parameter, String text) throws Descriptor.FormException {
        Class<?> type = parameter.getErasedType();
        try {
            if (type == int.class || type == Integer.class) {
                Integer.parseInt(text);
            } else if (type == long.class) {
                Long.parseLong(text);
            } else {
                Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            throw new Descriptor.FormException(Messages.MetricCheck_NoNumber(text), e, parameter.getName());
        }
    }
}
