package io.jenkins.plugins.mldelivery.steps;

import hudson.Util;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/** The parameters of <code>mlDeployModel</code> that say what the model's pods and their surroundings are like: those of {@link PodSettings} and {@link ModelSettings}. Public for the forms alone. */
@Restricted(NoExternalUse.class)
public abstract class ModelParameters extends Step implements Serializable {
    private static final long serialVersionUID = 1L;

    private String runtime = PodSettings.DEFAULT_RUNTIME;
    private Integer port;
    private String readyPath;
    private String livePath;
    private Integer metricsPort;
    private String metricsPath;
    private List<Setting> env = new ArrayList<>();
    private List<String> configMaps = new ArrayList<>();
    private List<String> secrets = new ArrayList<>();
    private String cpu;
    private String memory;
    private int gpu;
    private List<Setting> nodeSelector = new ArrayList<>();
    private List<String> tolerations = new ArrayList<>();
    private int replicas = ModelSettings.DEFAULT_REPLICAS;
    private AutoscaleSettings autoscale;
    private String disruptionBudget = ModelSettings.DEFAULT_DISRUPTION_BUDGET;
    private List<String> allowFrom = new ArrayList<>();
    private String serviceAccount;
    private List<Setting> identity = new ArrayList<>();
    private String manifests;

    /** The engine's settings of the pods. */
    final PodSettings pods() {
        return new PodSettings(
                runtime, port, readyPath, livePath, metricsPort, metricsPath, Setting.toMap(env), configMaps, secrets, cpu, memory, gpu, Setting.toMap(nodeSelector), tolerations);
    }

    /**
     * The engine's settings of what surrounds them.
     *
     * @param manifestsText what <code>manifests</code> names, read in the workspace, or null
     */
    final ModelSettings model(String manifestsText) {
        return new ModelSettings(
                replicas, autoscale == null ? null : autoscale.autoscale(), disruptionBudget, allowFrom, serviceAccount, Setting.toMap(identity), manifestsText);
    }

    public String getRuntime() {
        return runtime;
    }

    @DataBoundSetter
    public void setRuntime(String runtime) {
        this.runtime = Util.fixEmptyAndTrim(runtime) == null ? PodSettings.DEFAULT_RUNTIME : runtime.trim();
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

    public String getLivePath() {
        return livePath;
    }

    @DataBoundSetter
    public void setLivePath(String livePath) {
        this.livePath = Util.fixEmptyAndTrim(livePath);
    }

    public Integer getMetricsPort() {
        return metricsPort;
    }

    @DataBoundSetter
    public void setMetricsPort(Integer metricsPort) {
        this.metricsPort = metricsPort;
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

    public List<String> getConfigMaps() {
        return configMaps;
    }

    @DataBoundSetter
    public void setConfigMaps(List<String> configMaps) {
        this.configMaps = configMaps == null ? new ArrayList<>() : new ArrayList<>(configMaps);
    }

    /** As the form's text area shows it: a line an element. */
    public String getConfigMapsText() {
        return String.join("\n", configMaps);
    }

    public List<String> getSecrets() {
        return secrets;
    }

    @DataBoundSetter
    public void setSecrets(List<String> secrets) {
        this.secrets = secrets == null ? new ArrayList<>() : new ArrayList<>(secrets);
    }

    /** As the form's text area shows it: a line an element. */
    public String getSecretsText() {
        return String.join("\n", secrets);
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

    public int getGpu() {
        return gpu;
    }

    @DataBoundSetter
    public void setGpu(int gpu) {
        this.gpu = gpu;
    }

    public List<Setting> getNodeSelector() {
        return nodeSelector;
    }

    @DataBoundSetter
    public void setNodeSelector(List<Setting> nodeSelector) {
        this.nodeSelector = nodeSelector == null ? new ArrayList<>() : new ArrayList<>(nodeSelector);
    }

    public List<String> getTolerations() {
        return tolerations;
    }

    @DataBoundSetter
    public void setTolerations(List<String> tolerations) {
        this.tolerations = tolerations == null ? new ArrayList<>() : new ArrayList<>(tolerations);
    }

    /** As the form's text area shows it: a line an element. */
    public String getTolerationsText() {
        return String.join("\n", tolerations);
    }

    public int getReplicas() {
        return replicas;
    }

    @DataBoundSetter
    public void setReplicas(int replicas) {
        this.replicas = replicas;
    }

    public AutoscaleSettings getAutoscale() {
        return autoscale;
    }

    @DataBoundSetter
    public void setAutoscale(AutoscaleSettings autoscale) {
        this.autoscale = autoscale;
    }

    public String getDisruptionBudget() {
        return disruptionBudget;
    }

    @DataBoundSetter
    public void setDisruptionBudget(String disruptionBudget) {
        this.disruptionBudget = Util.fixEmptyAndTrim(disruptionBudget) == null ? ModelSettings.DEFAULT_DISRUPTION_BUDGET : disruptionBudget.trim();
    }

    public List<String> getAllowFrom() {
        return allowFrom;
    }

    @DataBoundSetter
    public void setAllowFrom(List<String> allowFrom) {
        this.allowFrom = allowFrom == null ? new ArrayList<>() : new ArrayList<>(allowFrom);
    }

    /** As the form's text area shows it: a line an element. */
    public String getAllowFromText() {
        return String.join("\n", allowFrom);
    }

    public String getServiceAccount() {
        return serviceAccount;
    }

    @DataBoundSetter
    public void setServiceAccount(String serviceAccount) {
        this.serviceAccount = Util.fixEmptyAndTrim(serviceAccount);
    }

    public List<Setting> getIdentity() {
        return identity;
    }

    @DataBoundSetter
    public void setIdentity(List<Setting> identity) {
        this.identity = identity == null ? new ArrayList<>() : new ArrayList<>(identity);
    }

    public String getManifests() {
        return manifests;
    }

    @DataBoundSetter
    public void setManifests(String manifests) {
        this.manifests = Util.fixEmptyAndTrim(manifests);
    }
}
