package io.jenkins.plugins.mldelivery.steps;

import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** What the descriptors of the four steps share: maps as parameters, a cluster by its bare name, and checks of form fields by the engine's own rules. */
abstract class MlStepDescriptor extends StepDescriptor implements CustomDescribableModel {
    private static final String CLUSTER = "cluster";

    /** The parameters that a script gives as maps. */
    abstract List<String> mapParameters();

    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        Map<String, Object> result = Setting.mapsToSettings(arguments, mapParameters());
        if (result.get(CLUSTER) instanceof CharSequence name) {
            result.put(CLUSTER, new UninstantiatedDescribable("namedCluster", null, Map.of("name", name.toString())));
        }
        return result;
    }

    @Override
    public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable described) {
        Map<String, Object> arguments = new LinkedHashMap<>(Setting.settingsToMaps(described.getArguments(), mapParameters()));
        if (arguments.get(CLUSTER) instanceof UninstantiatedDescribable cluster && "namedCluster".equals(cluster.getSymbol())) {
            arguments.put(CLUSTER, cluster.getArguments().get("name"));
        }
        return described.withArguments(arguments);
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
