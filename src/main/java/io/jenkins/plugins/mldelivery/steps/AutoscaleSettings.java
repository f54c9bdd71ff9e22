package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

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
    }
}
