package io.jenkins.plugins.mldelivery.steps;

import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.List;
import java.util.Map;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.stapler.StaplerRequest2;

/** What the descriptors of the four steps share: maps as parameters, and checks of form fields by the engine's own rules. */
abstract class MlStepDescriptor extends StepDescriptor implements CustomDescribableModel {
    /** The parameters that a script gives as maps. */
    abstract List<String> mapParameters();

    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        return Setting.mapsToSettings(arguments, mapParameters());
    }

    @Override
    public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable described) {
        return described.withArguments(Setting.settingsToMaps(described.getArguments(), mapParameters()));
    }

    /** The form's drop-down of <code>access</code> has a choice that stands for none. */
    @Override
    public Step newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
        JSONObject access = form.optJSONObject("access");
        if (access != null && !access.has("stapler-class") && !access.has("$class")) {
            form.remove("access");
        }
        return super.newInstance(request, form);
    }

    /** The outcome of a form field's check: the engine's own error text without the parameter's name, which the form shows anyway. */
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

    /** A check of the engine. */
    @FunctionalInterface
    interface EngineCheck {
        /** Throws what is wrong. */
        void run() throws DeliveryException;
    }
}
