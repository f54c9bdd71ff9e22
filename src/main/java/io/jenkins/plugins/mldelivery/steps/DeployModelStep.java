package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.Clusters;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.config.KubernetesAccess;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Runtime;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>mlDeployModel</code>: rolls a model out on Kubernetes. Its body runs at every traffic step; when it fails, the rollout is rolled back. Parameters and defaults are those of {@link DeployModelRequest}. */
public final class DeployModelStep extends ModelParameters {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String image;
    private String namespace = DeployModelRequest.DEFAULT_NAMESPACE;
    private RolloutStrategy strategy;
    private RolloutTraffic traffic;
    private VerifySettings verify;
    private String pause = DeployModelRequest.DEFAULT_PAUSE;
    private String onConcurrent = DeployModelRequest.DEFAULT_ON_CONCURRENT;
    private boolean dryRun;
    private boolean requireDigest;
    private boolean resolveTag = true;
    private String registryCredentialsId;
    private String progressDeadline = DeployModelRequest.DEFAULT_PROGRESS_DEADLINE;
    private String timeout = DeployModelRequest.DEFAULT_TIMEOUT;
    private String cluster;
    private KubernetesAccess access;

    @DataBoundConstructor
    public DeployModelStep(String name, String image) {
        this.name = Util.fixEmptyAndTrim(name);
        this.image = Util.fixEmptyAndTrim(image);
    }

    /**
     * The engine's request.
     *
     * @param manifestsText what <code>manifests</code> names, read in the workspace, or null
     */
    DeployModelRequest request(String manifestsText) {
        return new DeployModelRequest(
                name, namespace, image, pods(), model(manifestsText), strategy == null ? Strategy.Canary.defaults() : strategy.strategy(),
                traffic == null ? new TrafficKind.ReplicaRatio() : traffic.traffic(), pause, onConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new DeployModelExecution(context, this);
    }

    public String getName() {
        return name;
    }

    public String getImage() {
        return image;
    }

    public String getNamespace() {
        return namespace;
    }

    @DataBoundSetter
    public void setNamespace(String namespace) {
        this.namespace = Util.fixEmptyAndTrim(namespace) == null ? DeployModelRequest.DEFAULT_NAMESPACE : namespace.trim();
    }

    public RolloutStrategy getStrategy() {
        return strategy;
    }

    @DataBoundSetter
    public void setStrategy(RolloutStrategy strategy) {
        this.strategy = strategy;
    }

    public RolloutTraffic getTraffic() {
        return traffic;
    }

    @DataBoundSetter
    public void setTraffic(RolloutTraffic traffic) {
        this.traffic = traffic;
    }

    public VerifySettings getVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(VerifySettings verify) {
        this.verify = verify;
    }

    public String getPause() {
        return pause;
    }

    @DataBoundSetter
    public void setPause(String pause) {
        this.pause = Util.fixEmptyAndTrim(pause) == null ? DeployModelRequest.DEFAULT_PAUSE : pause.trim();
    }

    public String getOnConcurrent() {
        return onConcurrent;
    }

    @DataBoundSetter
    public void setOnConcurrent(String onConcurrent) {
        this.onConcurrent = Util.fixEmptyAndTrim(onConcurrent) == null ? DeployModelRequest.DEFAULT_ON_CONCURRENT : onConcurrent.trim();
    }

    public boolean isDryRun() {
        return dryRun;
    }

    @DataBoundSetter
    public void setDryRun(boolean dryRun) {
        this.dryRun = dryRun;
    }

    public boolean isRequireDigest() {
        return requireDigest;
    }

    @DataBoundSetter
    public void setRequireDigest(boolean requireDigest) {
        this.requireDigest = requireDigest;
    }

    public boolean isResolveTag() {
        return resolveTag;
    }

    @DataBoundSetter
    public void setResolveTag(boolean resolveTag) {
        this.resolveTag = resolveTag;
    }

    public String getRegistryCredentialsId() {
        return registryCredentialsId;
    }

    @DataBoundSetter
    public void setRegistryCredentialsId(String registryCredentialsId) {
        this.registryCredentialsId = Util.fixEmptyAndTrim(registryCredentialsId);
    }

    public String getProgressDeadline() {
        return progressDeadline;
    }

    @DataBoundSetter
    public void setProgressDeadline(String progressDeadline) {
        this.progressDeadline = Util.fixEmptyAndTrim(progressDeadline) == null ? DeployModelRequest.DEFAULT_PROGRESS_DEADLINE : progressDeadline.trim();
    }

    public String getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout) == null ? DeployModelRequest.DEFAULT_TIMEOUT : timeout.trim();
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

    /** Descriptor. */
    @Extension
    public static final class DescriptorImpl extends MlStepDescriptor {
        @Override
        public String getFunctionName() {
            return "mlDeployModel";
        }

        @Override
        public String getDisplayName() {
            return Messages.DeployModelStep_DisplayName();
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            return true;
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(FlowNode.class, Run.class, TaskListener.class);
        }

        @Override
        public Set<? extends Class<?>> getProvidedContext() {
            return Set.of(RolloutContext.class);
        }

        @Override
        List<String> mapParameters() {
            return List.of("env", "nodeSelector", "identity");
        }

        @Override
        List<String> lineParameters() {
            return List.of("configMaps", "secrets", "tolerations", "allowFrom");
        }

        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return super.customInstantiate(VerifySettings.listToSettings(arguments));
        }

        @RequirePOST
        public ListBoxModel doFillClusterItems(@AncestorInPath Item item) {
            return Clusters.names(item);
        }

        @RequirePOST
        public ListBoxModel doFillRegistryCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String registryCredentialsId) {
            return CredentialsChoices.of(item, registryCredentialsId, StandardUsernamePasswordCredentials.class, StringCredentials.class);
        }

        @RequirePOST
        public ListBoxModel doFillRuntimeItems() {
            ListBoxModel items = new ListBoxModel();
            for (Runtime runtime : Runtime.values()) {
                items.add(runtime.word());
            }
            return items;
        }

        @RequirePOST
        public ListBoxModel doFillPauseItems() {
            return new ListBoxModel(
                    new ListBoxModel.Option(Messages.DeployModelStep_PauseNone(), "none"), new ListBoxModel.Option(Messages.DeployModelStep_PausePromotion(), "promotion"),
                    new ListBoxModel.Option(Messages.DeployModelStep_PauseSteps(), "steps"));
        }

        @RequirePOST
        public ListBoxModel doFillOnConcurrentItems() {
            return new ListBoxModel(
                    new ListBoxModel.Option(Messages.DeployModelStep_Wait(), "wait"), new ListBoxModel.Option(Messages.DeployModelStep_Fail(), "fail"),
                    new ListBoxModel.Option(Messages.DeployModelStep_TakeOver(), "takeOver"));
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("name", () -> new DeployModelStep(name, "image").request(null).check());
        }

        @RequirePOST
        public FormValidation doCheckImage(@AncestorInPath Item item, @QueryParameter String image) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("image", () -> new DeployModelStep("name", image).request(null).check());
        }

        @RequirePOST
        public FormValidation doCheckNamespace(@AncestorInPath Item item, @QueryParameter String namespace) {
            return check(item, "namespace", step -> step.setNamespace(namespace));
        }

        @RequirePOST
        public FormValidation doCheckReadyPath(@AncestorInPath Item item, @QueryParameter String readyPath) {
            return check(item, "readyPath", step -> step.setReadyPath(readyPath));
        }

        @RequirePOST
        public FormValidation doCheckLivePath(@AncestorInPath Item item, @QueryParameter String livePath) {
            return check(item, "livePath", step -> step.setLivePath(livePath));
        }

        @RequirePOST
        public FormValidation doCheckMetricsPath(@AncestorInPath Item item, @QueryParameter String metricsPath) {
            return check(item, "metricsPath", step -> step.setMetricsPath(metricsPath));
        }

        @RequirePOST
        public FormValidation doCheckCpu(@AncestorInPath Item item, @QueryParameter String cpu) {
            return check(item, "cpu", step -> step.setCpu(cpu));
        }

        @RequirePOST
        public FormValidation doCheckMemory(@AncestorInPath Item item, @QueryParameter String memory) {
            return check(item, "memory", step -> step.setMemory(memory));
        }

        @RequirePOST
        public FormValidation doCheckDisruptionBudget(@AncestorInPath Item item, @QueryParameter String disruptionBudget) {
            return check(item, "disruptionBudget", step -> step.setDisruptionBudget(disruptionBudget));
        }

        @RequirePOST
        public FormValidation doCheckServiceAccount(@AncestorInPath Item item, @QueryParameter String serviceAccount) {
            return check(item, "serviceAccount", step -> step.setServiceAccount(serviceAccount));
        }

        @RequirePOST
        public FormValidation doCheckProgressDeadline(@AncestorInPath Item item, @QueryParameter String progressDeadline) {
            return check(item, "progressDeadline", step -> step.setProgressDeadline(progressDeadline));
        }

        @RequirePOST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String port) {
            return check(item, "port", port, Integer::valueOf, DeployModelStep::setPort);
        }

        @RequirePOST
        public FormValidation doCheckMetricsPort(@AncestorInPath Item item, @QueryParameter String metricsPort) {
            return check(item, "metricsPort", metricsPort, Integer::valueOf, DeployModelStep::setMetricsPort);
        }

        @RequirePOST
        public FormValidation doCheckGpu(@AncestorInPath Item item, @QueryParameter String gpu) {
            return check(item, "gpu", gpu, Integer::valueOf, DeployModelStep::setGpu);
        }

        @RequirePOST
        public FormValidation doCheckReplicas(@AncestorInPath Item item, @QueryParameter String replicas) {
            return check(item, "replicas", replicas, Integer::valueOf, DeployModelStep::setReplicas);
        }

        @RequirePOST
        public FormValidation doCheckConfigMapsText(@AncestorInPath Item item, @QueryParameter String configMapsText) {
            return check(item, "configMaps", configMapsText, FormFields::lines, DeployModelStep::setConfigMaps);
        }

        @RequirePOST
        public FormValidation doCheckSecretsText(@AncestorInPath Item item, @QueryParameter String secretsText) {
            return check(item, "secrets", secretsText, FormFields::lines, DeployModelStep::setSecrets);
        }

        @RequirePOST
        public FormValidation doCheckTolerationsText(@AncestorInPath Item item, @QueryParameter String tolerationsText) {
            return check(item, "tolerations", tolerationsText, FormFields::lines, DeployModelStep::setTolerations);
        }

        @RequirePOST
        public FormValidation doCheckAllowFromText(@AncestorInPath Item item, @QueryParameter String allowFromText) {
            return check(item, "allowFrom", allowFromText, FormFields::lines, DeployModelStep::setAllowFrom);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String timeout) {
            return check(item, "timeout", step -> step.setTimeout(timeout));
        }

        private static <V> FormValidation check(
                Item item, String parameter, String text, Function<String, V> type, BiConsumer<DeployModelStep, V> setter) {
            DeployModelStep step = new DeployModelStep("name", "image");
            return FormFields.check(item, parameter, text, type, value -> setter.accept(step, value), () -> step.request(null).check());
        }

        /** What the engine says of one parameter when all the others are well. */
        private static FormValidation check(Item item, String parameter, Consumer<DeployModelStep> setter) {
            CredentialsChoices.checkMayConfigure(item);
            DeployModelStep step = new DeployModelStep("name", "image");
            setter.accept(step);
            return FormFields.validate(parameter, () -> step.request(null).check());
        }
    }
}
