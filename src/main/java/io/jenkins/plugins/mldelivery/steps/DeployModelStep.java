package io.jenkins.plugins.mldelivery.steps;

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
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>mlDeployModel</code>: rolls a model out on Kubernetes. Its body runs at every traffic step; when it fails, the rollout is rolled back. Parameters and defaults are those of {@link DeployModelRequest}. */
public final class DeployModelStep extends Step implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String image;
    private String namespace = DeployModelRequest.DEFAULT_NAMESPACE;
    private int replicas = ModelSettings.DEFAULT_REPLICAS;
    private Integer port;
    private String readyPath;
    private String metricsPath;
    private List<Setting> env = new ArrayList<>();
    private String cpu;
    private String memory;
    private RolloutStrategy strategy;
    private RolloutTraffic traffic;
    private boolean requireDigest;
    private String progressDeadline = DeployModelRequest.DEFAULT_PROGRESS_DEADLINE;
    private String timeout = DeployModelRequest.DEFAULT_TIMEOUT;
    private String cluster;
    private KubernetesAccess access;

    @DataBoundConstructor
    public DeployModelStep(String name, String image) {
        this.name = Util.fixEmptyAndTrim(name);
        this.image = Util.fixEmptyAndTrim(image);
    }

    /** The engine's request. */
    DeployModelRequest request() {
        PodSettings d = PodSettings.defaults();
        PodSettings pods = new PodSettings(
                d.runtime(), port, readyPath, d.livePath(), d.metricsPort(), metricsPath, Setting.toMap(env), d.configMaps(), d.secrets(), cpu, memory, d.gpu(), d.nodeSelector(), d.tolerations());
        return DeployModelRequest.of(name, image)
                .withNamespace(namespace)
                .withPods(pods)
                .withModel(ModelSettings.defaults().withReplicas(replicas))
                .withStrategy(strategy == null ? Strategy.Canary.defaults() : strategy.strategy(), traffic == null ? new TrafficKind.ReplicaRatio() : traffic.traffic())
                .withRequireDigest(requireDigest)
                .withTimes(progressDeadline, timeout);
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

    public int getReplicas() {
        return replicas;
    }

    @DataBoundSetter
    public void setReplicas(int replicas) {
        this.replicas = replicas;
    }

    public Integer getPort() {
        return port;
    }

    @DataBoundSetter
    public void setPort(Integer port) {
        this.port = port;
    }

    public String getReadyPath() {
        return readyPath;
    }

    @DataBoundSetter
    public void setReadyPath(String readyPath) {
        this.readyPath = Util.fixEmptyAndTrim(readyPath);
    }

    public String getMetricsPath() {
        return metricsPath;
    }

    @DataBoundSetter
    public void setMetricsPath(String metricsPath) {
        this.metricsPath = Util.fixEmptyAndTrim(metricsPath);
    }

    public List<Setting> getEnv() {
        return env;
    }

    @DataBoundSetter
    public void setEnv(List<Setting> env) {
        this.env = env == null ? new ArrayList<>() : new ArrayList<>(env);
    }

    public String getCpu() {
        return cpu;
    }

    @DataBoundSetter
    public void setCpu(String cpu) {
        this.cpu = Util.fixEmptyAndTrim(cpu);
    }

    public String getMemory() {
        return memory;
    }

    @DataBoundSetter
    public void setMemory(String memory) {
        this.memory = Util.fixEmptyAndTrim(memory);
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

    public boolean isRequireDigest() {
        return requireDigest;
    }

    @DataBoundSetter
    public void setRequireDigest(boolean requireDigest) {
        this.requireDigest = requireDigest;
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
            return List.of("env");
        }

        @RequirePOST
        public ListBoxModel doFillClusterItems(@AncestorInPath Item item) {
            return Clusters.names(item);
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            CredentialsChoices.checkMayConfigure(item);
            return validate("name", () -> Names.dnsLabel("name", name, DeployModelRequest.MAX_NAME_LENGTH));
        }

        @RequirePOST
        public FormValidation doCheckImage(@AncestorInPath Item item, @QueryParameter String image) {
            CredentialsChoices.checkMayConfigure(item);
            return validate("image", () -> ImageReference.parse("image", image));
        }

        @RequirePOST
        public FormValidation doCheckProgressDeadline(@AncestorInPath Item item, @QueryParameter String progressDeadline) {
            CredentialsChoices.checkMayConfigure(item);
            return validate("progressDeadline", () -> Durations.parse("progressDeadline", progressDeadline));
        }
    }
}
