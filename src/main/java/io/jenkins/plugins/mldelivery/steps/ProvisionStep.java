package io.jenkins.plugins.mldelivery.steps;

import hudson.EnvVars;
import hudson.Extension;
import hudson.FilePath;
import hudson.Launcher;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.Clusters;
import io.jenkins.plugins.mldelivery.config.KubernetesAccess;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>mlProvision</code>: plans, guards and applies infrastructure as code. Parameters and defaults are those of {@link ProvisionRequest}; <code>cluster</code> and <code>access</code> are for Kubernetes manifests. */
public final class ProvisionStep extends Step implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String dir;
    private String tool = ProvisionRequest.DEFAULT_TOOL;
    private String action = ProvisionRequest.DEFAULT_ACTION;
    private List<Setting> variables = new ArrayList<>();
    private List<String> varFiles = new ArrayList<>();
    private List<Setting> backendConfig = new ArrayList<>();
    private boolean allowDestroy;
    private String executable;
    private String namespace = ProvisionRequest.DEFAULT_NAMESPACE;
    private String lockTimeout = ProvisionRequest.DEFAULT_LOCK_TIMEOUT;
    private String timeout = ProvisionRequest.DEFAULT_TIMEOUT;
    private String cluster;
    private KubernetesAccess access;

    @DataBoundConstructor
    public ProvisionStep(String dir) {
        this.dir = Util.fixEmptyAndTrim(dir);
    }

    /** The engine's request. */
    ProvisionRequest request() {
        return new ProvisionRequest(
                dir, tool, action, Setting.toMap(variables), varFiles, Setting.toMap(backendConfig), allowDestroy, executable, namespace, lockTimeout,
                timeout);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new ProvisionExecution(context, this);
    }

    public String getDir() {
        return dir;
    }

    public String getTool() {
        return tool;
    }

    @DataBoundSetter
    public void setTool(String tool) {
        this.tool = Util.fixEmptyAndTrim(tool) == null ? ProvisionRequest.DEFAULT_TOOL : tool.trim();
    }

    public String getAction() {
        return action;
    }

    @DataBoundSetter
    public void setAction(String action) {
        this.action = Util.fixEmptyAndTrim(action) == null ? ProvisionRequest.DEFAULT_ACTION : action.trim();
    }

    public List<Setting> getVariables() {
        return variables;
    }

    @DataBoundSetter
    public void setVariables(List<Setting> variables) {
        this.variables = variables == null ? new ArrayList<>() : new ArrayList<>(variables);
    }

    public List<String> getVarFiles() {
        return varFiles;
    }

    @DataBoundSetter
    public void setVarFiles(List<String> varFiles) {
        this.varFiles = varFiles == null ? new ArrayList<>() : new ArrayList<>(varFiles);
    }

    public List<Setting> getBackendConfig() {
        return backendConfig;
    }

    @DataBoundSetter
    public void setBackendConfig(List<Setting> backendConfig) {
        this.backendConfig = backendConfig == null ? new ArrayList<>() : new ArrayList<>(backendConfig);
    }

    public boolean isAllowDestroy() {
        return allowDestroy;
    }

    @DataBoundSetter
    public void setAllowDestroy(boolean allowDestroy) {
        this.allowDestroy = allowDestroy;
    }

    public String getExecutable() {
        return executable;
    }

    @DataBoundSetter
    public void setExecutable(String executable) {
        this.executable = Util.fixEmptyAndTrim(executable);
    }

    public String getNamespace() {
        return namespace;
    }

    @DataBoundSetter
    public void setNamespace(String namespace) {
        this.namespace = Util.fixEmptyAndTrim(namespace) == null ? ProvisionRequest.DEFAULT_NAMESPACE : namespace.trim();
    }

    public String getLockTimeout() {
        return lockTimeout;
    }

    @DataBoundSetter
    public void setLockTimeout(String lockTimeout) {
        this.lockTimeout = Util.fixEmptyAndTrim(lockTimeout) == null ? ProvisionRequest.DEFAULT_LOCK_TIMEOUT : lockTimeout.trim();
    }

    public String getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout) == null ? ProvisionRequest.DEFAULT_TIMEOUT : timeout.trim();
    }

    public String getCluster() {
        return cluster;
    }

    @DataBoundSetter
    public void setCluster(String cluster) {
        this.cluster = Util.fixEmptyAndTrim(cluster);
    }

    public KubernetesAccess getAccess() {
        return access;
    }

    @DataBoundSetter
    public void setAccess(KubernetesAccess access) {
        this.access = access;
    }

    /** The variable files as the form's text area shows them: a line a file. */
    public String getVarFilesText() {
        return String.join("\n", varFiles);
    }

    /** Descriptor. */
    @Extension
    public static final class DescriptorImpl extends MlStepDescriptor {
        @Override
        public String getFunctionName() {
            return "mlProvision";
        }

        @Override
        public String getDisplayName() {
            return Messages.ProvisionStep_DisplayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(FilePath.class, Launcher.class, EnvVars.class, Run.class, TaskListener.class);
        }

        @Override
        List<String> mapParameters() {
            return List.of("variables", "backendConfig");
        }

        @Override
        List<String> lineParameters() {
            return List.of("varFiles");
        }

        @RequirePOST
        public ListBoxModel doFillClusterItems(@AncestorInPath Item item) {
            return Clusters.names(item);
        }

        @RequirePOST
        public ListBoxModel doFillToolItems() {
            return new ListBoxModel().add("auto").add("terraform").add("tofu").add("kubernetes");
        }

        @RequirePOST
        public ListBoxModel doFillActionItems() {
            return new ListBoxModel().add("apply").add("plan").add("destroy");
        }

        @RequirePOST
        public FormValidation doCheckNamespace(@AncestorInPath Item item, @QueryParameter String namespace) {
            return check(item, "namespace", namespace, ProvisionStep::setNamespace);
        }

        @RequirePOST
        public FormValidation doCheckLockTimeout(@AncestorInPath Item item, @QueryParameter String lockTimeout) {
            return check(item, "lockTimeout", lockTimeout, ProvisionStep::setLockTimeout);
        }

        /** What the engine says of one parameter when all the others are well. */
        private static FormValidation check(Item item, String parameter, String text, BiConsumer<ProvisionStep, String> setter) {
            ProvisionStep step = new ProvisionStep("dir");
            return FormFields.check(
                    item, parameter, text, Function.identity(), value -> setter.accept(step, value), () -> Provision.check(step.request()));
        }
    }
}
