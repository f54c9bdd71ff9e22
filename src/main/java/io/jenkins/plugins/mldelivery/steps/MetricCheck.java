package io.jenkins.plugins.mldelivery.steps;

import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.io.Serializable;
import java.util.function.BiConsumer;
import java.util.function.Function;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A check of <code>mlVerifyMetrics</code> as scripts and forms describe it: see {@link Check}, whose component names and defaults these are. */
public abstract class MetricCheck extends AbstractDescribableImpl<MetricCheck> implements Serializable {
    private static final long serialVersionUID = 1L;

    private String importance = Check.DEFAULT_IMPORTANCE;
    private String warmUp = Check.DEFAULT_WARM_UP;

    /** The engine's check. */
    abstract Check check();

    public String getImportance() {
        return importance;
    }

    @DataBoundSetter
    public void setImportance(String importance) {
        this.importance = textOr(importance, Check.DEFAULT_IMPORTANCE);
    }

    public String getWarmUp() {
        return warmUp;
    }

    @DataBoundSetter
    public void setWarmUp(String warmUp) {
        this.warmUp = textOr(warmUp, Check.DEFAULT_WARM_UP);
    }

    /** A text, or the default when it is blank. */
    static String textOr(String text, String otherwise) {
        return Util.fixNull(Util.fixEmptyAndTrim(text), otherwise);
    }

    /** Descriptor of a kind of check. */
    public abstract static class MetricCheckDescriptor extends Descriptor<MetricCheck>
            implements KnownParameters {
        /** A check of this kind in which nothing is wrong, for which a field that is checked alone is changed. */
        abstract MetricCheck example();

        @Override
        public MetricCheck newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            FormFields.numbers(clazz, form);
            return super.newInstance(request, form);
        }

        @RequirePOST
        public ListBoxModel doFillImportanceItems() {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.MetricCheck_Critical(), "critical");
            items.add(Messages.MetricCheck_Warning(), "warning");
            items.add(Messages.MetricCheck_DryRun(), "dryRun");
            return items;
        }

        @RequirePOST
        public FormValidation doCheckWarmUp(@AncestorInPath Item item, @QueryParameter String warmUp) {
            return field(item, "warmUp", warmUp, example(), Function.identity(), MetricCheck::setWarmUp);
        }

        /**
         * Checks a field by the engine's own rules.
         *
         * @param text of the field; when it is blank, the check stays as it is
         * @param check otherwise right
         * @param type makes a value of the text, or throws that it is no number
         * @param setter puts the value into the check
         */
        static <C extends MetricCheck, V> FormValidation field(Item item, String parameter, String text, C check, Function<String, V> type, BiConsumer<C, V> setter) {
            CredentialsChoices.checkMayConfigure(item);
            String trimmed = Util.fixEmptyAndTrim(text);
            if (trimmed != null) {
                try {
                    setter.accept(check, type.apply(trimmed));
                } catch (NumberFormatException e) {
                    return FormValidation.error(Messages.MetricCheck_NoNumber(trimmed));
                }
            }
            return field(item, parameter, check);
        }

        /** Checks a field by the engine's own rules: what is wrong with another one is said there. */
        static FormValidation field(Item item, String parameter, MetricCheck check) {
            CredentialsChoices.checkMayConfigure(item);
            try {
                check.check().validate();
                return FormValidation.ok();
            } catch (DeliveryException e) {
                return parameter.equals(e.parameter()) ? FormValidation.error(e.sentence()) : FormValidation.ok();
            }
        }

        /** The number in another field, or null when there is none: what is wrong with it is said there. */
        static Double other(String text) {
            try {
                return Util.fixEmptyAndTrim(text) == null ? null : Double.valueOf(text.trim());
            } catch (NumberFormatException e) {
                return null;
            }
        }

        /** Checks a name that has no default. */
        static FormValidation required(Item item, String text) {
            CredentialsChoices.checkMayConfigure(item);
            return Util.fixEmptyAndTrim(text) == null ? FormValidation.error(Messages.MetricCheck_NoName()) : VerifyFields.checkName(item, text);
        }
    }
}
