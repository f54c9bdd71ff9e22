package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>autoscale(min: 2, max: 10, cpu: 70)</code>: see {@link Autoscale}, whose component names and defaults these are. */
public final class AutoscaleSettings extends AbstractDescribableImpl<AutoscaleSettings> implements Serializable {
    private static final long serialVersionUID = 1L;

    private int min = Autoscale.DEFAULT_MIN;
    private int max = Autoscale.DEFAULT_MAX;
    private Integer cpu = Autoscale.DEFAULT_CPU;
    private Integer memory;
    private List<Setting> metrics = new ArrayList<>();
    private String prometheus;
    private List<Setting> queries = new ArrayList<>();

    @DataBoundConstructor
    public AutoscaleSettings() {
        // Everything has a default.
    }

    /** The engine's settings. */
    Autoscale autoscale() {
        return new Autoscale(min, max, cpu, memory, Setting.toMap(metrics), prometheus, Setting.toMap(queries));
    }

    public int getMin() {
        return min;
    }

    @DataBoundSetter
    public void setMin(int min) {
        this.min = min;
    }

    public int getMax() {
        return max;
    }

    @DataBoundSetter
    public void setMax(int max) {
        this.max = max;
    }

    public Integer getCpu() {
        return cpu;
    }

    @DataBoundSetter
    public void setCpu(Integer cpu) {
        this.cpu = cpu;
    }

    public Integer getMemory() {
        return memory;
    }

    @DataBoundSetter
    public void setMemory(Integer memory) {
        this.memory = memory;
    }

    public List<Setting> getMetrics() {
        return metrics;
    }

    @DataBoundSetter
    public void setMetrics(List<Setting> metrics) {
        this.metrics = metrics == null ? new ArrayList<>() : new ArrayList<>(metrics);
    }

    public String getPrometheus() {
        return prometheus;
    }

    @DataBoundSetter
    public void setPrometheus(String prometheus) {
        this.prometheus = Util.fixEmptyAndTrim(prometheus);
    }

    public List<Setting> getQueries() {
        return queries;
    }

    @DataBoundSetter
    public void setQueries(List<Setting> queries) {
        this.queries = queries == null ? new ArrayList<>() : new ArrayList<>(queries);
    }

    /** Descriptor. */
    @Extension
    @Symbol("autoscale")
    public static final class DescriptorImpl extends Descriptor<AutoscaleSettings> implements KnownParameters {
        private static final List<String> MAPS = List.of("metrics", "queries");

        @Override
        public String getDisplayName() {
            return Messages.AutoscaleSettings_DisplayName();
        }

        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return Setting.mapsToSettings(check(arguments), MAPS);
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable described) {
            return described.withArguments(Setting.settingsToMaps(described.getArguments(), MAPS));
        }

        @Override
        public AutoscaleSettings newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            FormFields.numbers(clazz, form);
            return super.newInstance(request, form);
        }

        @RequirePOST
        public FormValidation doCheckMin(@AncestorInPath Item item, @QueryParameter String min, @QueryParameter String max) {
            return check(item, min, Integer::valueOf, minimum -> {
                AutoscaleSettings settings = new AutoscaleSettings();
                settings.setMin(minimum);
                settings.setMax(number(max, Math.max(minimum, Autoscale.DEFAULT_MAX)));
                return settings;
            });
        }

        @RequirePOST
        public FormValidation doCheckMax(@AncestorInPath Item item, @QueryParameter String max, @QueryParameter String min) {
            return check(item, max, Integer::valueOf, maximum -> {
                AutoscaleSettings settings = new AutoscaleSettings();
                settings.setMax(maximum);
                settings.setMin(number(min, Autoscale.DEFAULT_MIN));
                return settings;
            });
        }

        @RequirePOST
        public FormValidation doCheckCpu(@AncestorInPath Item item, @QueryParameter String cpu) {
            return check(item, cpu, Integer::valueOf, percent -> {
                AutoscaleSettings settings = new AutoscaleSettings();
                settings.setCpu(percent);
                return settings;
            });
        }

        @RequirePOST
        public FormValidation doCheckMemory(@AncestorInPath Item item, @QueryParameter String memory) {
            return check(item, memory, Integer::valueOf, percent -> {
                AutoscaleSettings settings = new AutoscaleSettings();
                settings.setMemory(percent);
                return settings;
            });
        }

        @RequirePOST
        public FormValidation doCheckPrometheus(@AncestorInPath Item item, @QueryParameter String prometheus) {
            return check(item, prometheus, Function.identity(), url -> {
                AutoscaleSettings settings = new AutoscaleSettings();
                settings.setPrometheus(url);
                settings.setQueries(List.of(new Setting("up", "1")));
                return settings;
            });
        }

        /** The number in another field; what is wrong with it is said there. */
        private static int number(String text, int otherwise) {
            try {
                return Util.fixEmptyAndTrim(text) == null ? otherwise : Integer.parseInt(text.trim());
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }

        private static <V> FormValidation check(Item item, String text, Function<String, V> type, Function<V, AutoscaleSettings> settings) {
            DeployModelStep step = new DeployModelStep("name", "image");
            // What a use in percent is of.
            step.setCpu("1");
            step.setMemory("1Gi");
            return FormFields.check(item, "autoscale", text, type, value -> step.setAutoscale(settings.apply(value)), () -> step.request(null).check());
        }
    }
}
