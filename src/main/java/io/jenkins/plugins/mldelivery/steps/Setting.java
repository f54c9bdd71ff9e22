package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * One entry of a parameter that is a map, such as <code>env</code>. A Pipeline script writes the map itself, <code>env: [LOG_LEVEL: 'info']</code>; forms can't, so they bind a list of these.
 */
public final class Setting extends AbstractDescribableImpl<Setting> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String value;

    @DataBoundConstructor
    public Setting(String name, String value) {
        this.name = name;
        this.value = value;
    }

    public String getName() {
        return name;
    }

    public String getValue() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Setting s && Objects.equals(name, s.name) && Objects.equals(value, s.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, value);
    }

    /** Pipeline saves a running step on disk, and a value may be a secret, such as a variable of Terraform. */
    private Object writeReplace() {
        return new Saved(name, value == null ? null : Sealed.seal(value));
    }

    /** The settings as the map that they stand for; a later one of the same name wins. */
    static Map<String, String> toMap(List<Setting> settings) {
        Map<String, String> map = new LinkedHashMap<>();
        settings.forEach(s -> map.put(s.getName(), s.getValue() == null ? "" : s.getValue()));
        return map;
    }

    /** Arguments of a step in which these parameters, where a script gave maps, are lists of settings. */
    static Map<String, Object> mapsToSettings(Map<String, Object> arguments, List<String> parameters) {
        Map<String, Object> result = new LinkedHashMap<>(arguments);
        for (String parameter : parameters) {
            if (arguments.get(parameter) instanceof Map<?, ?> map) {
                List<Object> settings = new ArrayList<>();
                map.forEach((k, v) -> settings.add(Map.of("name", String.valueOf(k), "value", String.valueOf(v))));
                result.put(parameter, settings);
            }
        }
        return result;
    }

    /** The reverse, for the snippet generator. */
    static Map<String, Object> settingsToMaps(Map<String, ?> arguments, List<String> parameters) {
        Map<String, Object> result = new LinkedHashMap<>(arguments);
        for (String parameter : parameters) {
            if (arguments.get(parameter) instanceof List<?> list) {
                Map<String, Object> map = new LinkedHashMap<>();
                for (Object element : list) {
                    Map<String, ?> setting = ((UninstantiatedDescribable) element).getArguments();
                    map.put(String.valueOf(setting.get("name")), setting.get("value"));
                }
                result.put(parameter, map);
            }
        }
        return result;
    }

    /** A setting as it is saved. */
    private static final class Saved implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final String encrypted;

        Saved(String name, String encrypted) {
            this.name = name;
            this.encrypted = encrypted;
        }

        private Object readResolve() {
            return new Setting(name, encrypted == null ? null : Sealed.open(encrypted));
        }
    }

    /** Descriptor. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<Setting> {
        @Override
        public String getDisplayName() {
            return Messages.Setting_DisplayName();
        }

        /** What the engine asks of every map's entries; of which map this is one, a form does not say. */
        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            CredentialsChoices.checkMayConfigure(item);
            return Util.fixEmptyAndTrim(name) == null ? FormValidation.error(Messages.Setting_NoName()) : FormValidation.ok();
        }
    }
}
