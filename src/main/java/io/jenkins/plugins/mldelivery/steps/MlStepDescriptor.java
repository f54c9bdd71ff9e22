package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.config.KubernetesAccess;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** What the descriptors of the four steps share: maps as parameters, and checks of form fields by the engine's own rules. Public for the forms alone. */
@Restricted(NoExternalUse.class)
public abstract class MlStepDescriptor extends StepDescriptor implements KnownParameters {
    /** The parameters that a script gives as maps. */
    abstract List<String> mapParameters();

    /** The parameters that are lists of texts, for which the form has a text area <code>…Text</code>, an element a line. */
    List<String> lineParameters() {
        return List.of();
    }

    @Override
    public Step newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
        linesToLists(form, lineParameters());
        FormFields.numbers(clazz, form);
        return super.newInstance(request, form);
    }

    /** A submitted form in which these parameters, for which it has text areas <code>…Text</code>, are lists. */
    static void linesToLists(JSONObject form, List<String> parameters) {
        for (String parameter : parameters) {
            JSONArray elements = new JSONArray();
            elements.addAll(FormFields.lines(form.optString(parameter + "Text")));
            form.remove(parameter + "Text");
            form.put(parameter, elements);
        }
    }

    @Override
    public String scriptName() {
        return getFunctionName();
    }

    /** As a script gives them: a slip in a name, also of what is described within, is one sentence in the log. */
    @Override
    public Step newInstance(Map<String, Object> arguments) throws Exception {
        try {
            return super.newInstance(arguments);
        } catch (IllegalArgumentException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof UnknownException) {
                    throw new AbortException(Printable.line(cause.getMessage()));
                }
            }
            throw e;
        }
    }

    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        return Setting.mapsToSettings(check(arguments), mapParameters());
    }

    @Override
    public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable described) {
        return described.withArguments(Setting.settingsToMaps(described.getArguments(), mapParameters()));
    }

    /** The kinds of access to a cluster, for the form. */
    public List<KubernetesAccess.KubernetesAccessDescriptor> getAccessDescriptors() {
        return Jenkins.get().getDescriptorList(KubernetesAccess.class);
    }

    /** Checks the form's field; every step has this one. */
    @RequirePOST
    public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String timeout) {
        CredentialsChoices.checkMayConfigure(item);
        return FormFields.validate("timeout", () -> Durations.limit("timeout", timeout));
    }
}
