package io.jenkins.plugins.mldelivery.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The fields that the forms of <code>mlVerifyMetrics</code> and of <code>verify: metrics(…)</code> have both. */
final class VerifyFields {
    private static final String ANY_URL = "https://prometheus";

    private VerifyFields() {}

    /** What the engine says of one parameter when all the others are well. */
    static FormValidation check(Item item, String parameter, String text, BiConsumer<VerifyMetricsStep, String> setter) {
        return check(item, parameter, text, Function.identity(), setter);
    }

    /** Likewise of the name of a check, whatever its kind. */
    static FormValidation checkName(Item item, String name) {
        return check(item, "checks", name, Function.identity(), (step, value) -> {
            ErrorRateCheck check = new ErrorRateCheck();
            check.setName(value);
            step.setChecks(List.of(check));
        });
    }

    /** Likewise of a duration that has to fit into the time-out, which is another field. */
    static FormValidation checkWithin(
            Item item, String parameter, String text, String timeout, BiConsumer<VerifyMetricsStep, String> setter) {
        return check(item, parameter, text, Function.identity(), (step, value) -> {
            setter.accept(step, value);
            if (isDuration(timeout)) {
                step.setTimeout(timeout);
            }
        });
    }

    /** Likewise of pages, one a line: those of the other track have to be given as well. */
    static FormValidation checkPages(
            Item item, String parameter, String text, BiConsumer<VerifyMetricsStep, List<String>> setter) {
        return check(item, parameter, text, FormFields::lines, (step, urls) -> {
            step.setPrometheus(null);
            step.setScrapeCanary(List.of(ANY_URL));
            step.setScrapeStable(List.of(ANY_URL));
            setter.accept(step, urls);
        });
    }

    private static <V> FormValidation check(
            Item item, String parameter, String text, Function<String, V> type, BiConsumer<VerifyMetricsStep, V> setter) {
        VerifyMetricsStep step = new VerifyMetricsStep();
        step.setPrometheus(ANY_URL);
        step.setChecks(List.of(new ErrorRateCheck()));
        return FormFields.check(item, parameter, text, type, value -> setter.accept(step, value), () -> {
            step.request().check();
            step.request().checkShared();
            step.request().checkAccess(PrometheusParameters.ANY_SECRETS);
        });
    }

    /** What is wrong with the other field is said there. */
    private static boolean isDuration(String text) {
        try {
            return Util.fixEmptyAndTrim(text) != null && !Durations.parse("timeout", text.trim()).isZero();
        } catch (DeliveryException e) {
            return false;
        }
    }
}
