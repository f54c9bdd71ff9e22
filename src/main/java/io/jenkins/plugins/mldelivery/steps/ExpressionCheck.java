package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>expression(name: …, queries: [errors: '…'], pass: 'errors &lt; 5')</code>: see {@link Check.Expression}, whose component names and defaults these are. */
public final class ExpressionCheck extends MeasuredCheck {
    private static final long serialVersionUID = 1L;

    private final String name;
    private List<Setting> queries = new ArrayList<>();
    private String pass;
    private String fail;

    @DataBoundConstructor
    public ExpressionCheck(String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    @Override
    Check check() {
        return new Check.Expression(
                name, Setting.toMap(queries), pass, fail, getCount(), getFailureLimit(), getConsecutiveFailureLimit(), getConsecutiveSuccessLimit(), getInconclusiveLimit(), getOnNoData(), getOnNaN(),
                getOnError(), getImportance(), getWarmUp());
    }

    public String getName() {
        return name;
    }

    public List<Setting> getQueries() {
        return queries;
    }

    @DataBoundSetter
    public void setQueries(List<Setting> queries) {
        this.queries = queries == null ? new ArrayList<>() : new ArrayList<>(queries);
    }

    public String getPass() {
        return pass;
    }

    @DataBoundSetter
    public void setPass(String pass) {
        this.pass = Util.fixEmptyAndTrim(pass);
    }

    public String getFail() {
        return fail;
    }

    @DataBoundSetter
    public void setFail(String fail) {
        this.fail = Util.fixEmptyAndTrim(fail);
    }

    /** Descriptor. */
    @Extension(ordinal = 1)
    @Symbol("expression")
    public static final class DescriptorImpl extends MeasuredCheckDescriptor {
        private static final List<String> MAPS = List.of("queries");

        @Override
        public String getDisplayName() {
            return Messages.ExpressionCheck_DisplayName();
        }

        @Override
        ExpressionCheck example() {
            ExpressionCheck check = conditions("up == 1", null);
            check.setQueries(List.of(new Setting("up", "up")));
            return check;
        }

        @RequirePOST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String name) {
            return required(item, name);
        }

        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return Setting.mapsToSettings(check(arguments), MAPS);
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable described) {
            return described.withArguments(Setting.settingsToMaps(described.getArguments(), MAPS));
        }

        @RequirePOST
        public FormValidation doCheckPass(@AncestorInPath Item item, @QueryParameter String pass, @QueryParameter String fail) {
            return field(item, "pass", conditions(pass, fail));
        }

        @RequirePOST
        public FormValidation doCheckFail(@AncestorInPath Item item, @QueryParameter String fail) {
            return field(item, "fail", conditions(null, fail));
        }

        private static ExpressionCheck conditions(String pass, String fail) {
            ExpressionCheck check = new ExpressionCheck("expression");
            check.setPass(pass);
            check.setFail(fail);
            return check;
        }
    }
}
