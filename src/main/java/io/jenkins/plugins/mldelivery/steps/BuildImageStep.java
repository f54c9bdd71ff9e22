package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>mlBuildImage</code>: packs a model of the workspace into a container image. Parameters and defaults are those of {@link BuildImageRequest}. */
public final class BuildImageStep extends Step implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String model;
    private final String image;
    private String layout;
    private boolean push = true;
    private String base = BuildImageRequest.DEFAULT_BASE;
    private String modelPath = BuildImageRequest.DEFAULT_MODEL_PATH;
    private List<String> include = new ArrayList<>();
    private List<Setting> labels = new ArrayList<>();
    private List<Setting> env = new ArrayList<>();
    private List<String> entrypoint = new ArrayList<>();
    private int port;
    private String platform = BuildImageRequest.DEFAULT_PLATFORM;
    private String credentialsId;
    private boolean insecure;
    private String timeout = BuildImageRequest.DEFAULT_TIMEOUT;

    @DataBoundConstructor
    public BuildImageStep(String model, String image) {
        this.model = Util.fixEmptyAndTrim(model);
        this.image = Util.fixEmptyAndTrim(image);
    }

    /** The engine's request. */
    BuildImageRequest request() {
        return new BuildImageRequest(
                model, image, layout, push, base, modelPath, include, Setting.toMap(labels), Setting.toMap(env), entrypoint, port, platform, credentialsId,
                insecure, timeout);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new BuildImageExecution(context, this);
    }

    public String getModel() {
        return model;
    }

    public String getImage() {
        return image;
    }

    public String getLayout() {
        return layout;
    }

    @DataBoundSetter
    public void setLayout(String layout) {
        this.layout = Util.fixEmptyAndTrim(layout);
    }

    public boolean isPush() {
        return push;
    }

    @DataBoundSetter
    public void setPush(boolean push) {
        this.push = push;
    }

    public String getBase() {
        return base;
    }

    @DataBoundSetter
    public void setBase(String base) {
        this.base = Util.fixEmptyAndTrim(base) == null ? BuildImageRequest.DEFAULT_BASE : base.trim();
    }

    public String getModelPath() {
        return modelPath;
    }

    @DataBoundSetter
    public void setModelPath(String modelPath) {
        this.modelPath = Util.fixEmptyAndTrim(modelPath) == null ? BuildImageRequest.DEFAULT_MODEL_PATH : modelPath.trim();
    }

    public List<String> getInclude() {
        return include;
    }

    @DataBoundSetter
    public void setInclude(List<String> include) {
        this.include = include == null ? new ArrayList<>() : new ArrayList<>(include);
    }

    public List<Setting> getLabels() {
        return labels;
    }

    @DataBoundSetter
    public void setLabels(List<Setting> labels) {
        this.labels = labels == null ? new ArrayList<>() : new ArrayList<>(labels);
    }

    public List<Setting> getEnv() {
        return env;
    }

    @DataBoundSetter
    public void setEnv(List<Setting> env) {
        this.env = env == null ? new ArrayList<>() : new ArrayList<>(env);
    }

    public List<String> getEntrypoint() {
        return entrypoint;
    }

    @DataBoundSetter
    public void setEntrypoint(List<String> entrypoint) {
        this.entrypoint = entrypoint == null ? new ArrayList<>() : new ArrayList<>(entrypoint);
    }

    public int getPort() {
        return port;
    }

    @DataBoundSetter
    public void setPort(int port) {
        this.port = port;
    }

    public String getPlatform() {
        return platform;
    }

    @DataBoundSetter
    public void setPlatform(String platform) {
        this.platform = Util.fixEmptyAndTrim(platform) == null ? BuildImageRequest.DEFAULT_PLATFORM : platform.trim();
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public boolean isInsecure() {
        return insecure;
    }

    @DataBoundSetter
    public void setInsecure(boolean insecure) {
        this.insecure = insecure;
    }

    public String getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(String timeout) {
        this.timeout = Util.fixEmptyAndTrim(timeout) == null ? BuildImageRequest.DEFAULT_TIMEOUT : timeout.trim();
    }

    /** The entry point as the form's text area shows it: a line an argument. */
    public String getEntrypointText() {
        return String.join("\n", entrypoint);
    }

    /** The patterns as the form's text area shows them: a line a pattern. */
    public String getIncludeText() {
        return String.join("\n", include);
    }

    /** Descriptor. */
    @Extension
    public static final class DescriptorImpl extends MlStepDescriptor {
        @Override
        public String getFunctionName() {
            return "mlBuildImage";
        }

        @Override
        public String getDisplayName() {
            return Messages.BuildImageStep_DisplayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(FilePath.class, Run.class, TaskListener.class);
        }

        @Override
        List<String> mapParameters() {
            return List.of("labels", "env");
        }

        @Override
        List<String> lineParameters() {
            return List.of("include", "entrypoint");
        }

        @RequirePOST
        public FormValidation doCheckModel(@AncestorInPath Item item, @QueryParameter String model) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("model", () -> new BuildImageStep(model, "image").request().check());
        }

        @RequirePOST
        public FormValidation doCheckImage(@AncestorInPath Item item, @QueryParameter String image) {
            CredentialsChoices.checkMayConfigure(item);
            return FormFields.validate("image", () -> new BuildImageStep("model", image).request().check());
        }

        @RequirePOST
        public FormValidation doCheckBase(@AncestorInPath Item item, @QueryParameter String base) {
            return check(item, "base", base, Function.identity(), BuildImageStep::setBase);
        }

        @RequirePOST
        public FormValidation doCheckModelPath(@AncestorInPath Item item, @QueryParameter String modelPath) {
            return check(item, "modelPath", modelPath, Function.identity(), BuildImageStep::setModelPath);
        }

        @RequirePOST
        public FormValidation doCheckPlatform(@AncestorInPath Item item, @QueryParameter String platform) {
            return check(item, "platform", platform, Function.identity(), BuildImageStep::setPlatform);
        }

        @RequirePOST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String port) {
            return check(item, "port", port, Integer::valueOf, BuildImageStep::setPort);
        }

        @RequirePOST
        public FormValidation doCheckIncludeText(@AncestorInPath Item item, @QueryParameter String includeText) {
            return check(item, "include", includeText, FormFields::lines, BuildImageStep::setInclude);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String timeout) {
            return check(item, "timeout", timeout, Function.identity(), BuildImageStep::setTimeout);
        }

        /** What the engine says of one parameter when all the others are well. */
        private static <V> FormValidation check(
                Item item, String parameter, String text, Function<String, V> type, BiConsumer<BuildImageStep, V> setter) {
            BuildImageStep step = new BuildImageStep("model", "image");
            return FormFields.check(item, parameter, text, type, value -> setter.accept(step, value), () -> step.request().check());
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoices.of(item, credentialsId, StandardUsernamePasswordCredentials.class, StringCredentials.class);
        }
    }
}
