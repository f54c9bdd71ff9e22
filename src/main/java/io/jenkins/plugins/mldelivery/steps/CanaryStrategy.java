package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** <code>canary(steps: [10, 50], hold: '2m', maxSurge: 1)</code>: see {@link Strategy.Canary}. */
public final class CanaryStrategy extends RolloutStrategy {
    private static final long serialVersionUID = 1L;

    private List<Integer> steps = new ArrayList<>(Strategy.Canary.DEFAULT_STEPS);
    private String hold = Strategy.Canary.DEFAULT_HOLD;
    private Integer maxSurge;

    @DataBoundConstructor
    public CanaryStrategy() {
        // Everything has a default.
    }

    @Override
    Strategy strategy() {
        return new Strategy.Canary(steps.stream().filter(Objects::nonNull).toList(), hold, maxSurge);
    }

    public List<Integer> getSteps() {
        return steps;
    }

    @DataBoundSetter
    public void setSteps(List<Integer> steps) {
        this.steps = steps == null ? new ArrayList<>() : new ArrayList<>(steps);
    }

    /** The steps as the form's text field shows them: <code>10, 50</code>. */
    public String getStepsText() {
        return steps.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    public String getHold() {
        return hold;
    }

    @DataBoundSetter
    public void setHold(String hold) {
        this.hold = Util.fixEmptyAndTrim(hold) == null ? Strategy.Canary.DEFAULT_HOLD : hold.trim();
    }

    public Integer getMaxSurge() {
        return maxSurge;
    }

    @DataBoundSetter
    public void setMaxSurge(Integer maxSurge) {
        this.maxSurge = maxSurge;
    }

    /** Descriptor. The form offers the default first. */
    @Extension(ordinal = 1)
    @Symbol("canary")
    public static final class DescriptorImpl extends RolloutStrategyDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.CanaryStrategy_DisplayName();
        }

        /** The form has one text field for the list of steps. A form that was sent before the browser had loaded this part of it has none, which means the default. */
        @Override
        public RolloutStrategy newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            if (!form.has("stepsText")) {
                return super.newInstance(request, form);
            }
            JSONArray steps = new JSONArray();
            // An exception would not be shown, and the default taken. Without a step, the form and the engine say so.
            List<Integer> given = percentages(form.getString("stepsText"));
            steps.addAll(given == null ? List.of() : given);
            form.remove("stepsText");
            form.put("steps", steps);
            return super.newInstance(request, form);
        }

        /** The percentages of a text such as <code>10, 50</code> or <code>10% 50%</code>; null when one is no number. */
        private static List<Integer> percentages(String text) {
            List<Integer> percentages = new ArrayList<>();
            for (String step : text.replace("%", "").split("[,\\s]+")) {
                if (!step.isEmpty()) {
                    try {
                        percentages.add(Integer.valueOf(step));
                    } catch (NumberFormatException e) {
                        return null;
                    }
                }
            }
            return percentages;
        }

        @RequirePOST
        public FormValidation doCheckStepsText(@AncestorInPath Item item, @QueryParameter String stepsText) {
            CredentialsChoices.checkMayConfigure(item);
            List<Integer> given = percentages(stepsText);
            if (given == null) {
                return FormValidation.error(Messages.CanaryStrategy_NoPercentage(stepsText));
            }
            return check(item, "steps", canary -> canary.setSteps(given));
        }

        @RequirePOST
        public FormValidation doCheckHold(@AncestorInPath Item item, @QueryParameter String hold) {
            return check(item, "hold", canary -> canary.setHold(hold));
        }

        @RequirePOST
        public FormValidation doCheckMaxSurge(@AncestorInPath Item item, @QueryParameter String maxSurge) {
            CanaryStrategy canary = new CanaryStrategy();
            return FormFields.check(item, "maxSurge", maxSurge, Integer::valueOf, canary::setMaxSurge, () -> step(canary).request(null).check());
        }

        /** What the engine says of one parameter when all the others are well. */
        private static FormValidation check(Item item, String parameter, Consumer<CanaryStrategy> setter) {
            CredentialsChoices.checkMayConfigure(item);
            CanaryStrategy canary = new CanaryStrategy();
            setter.accept(canary);
            return FormFields.validate(parameter, () -> step(canary).request(null).check());
        }

        private static DeployModelStep step(CanaryStrategy canary) {
            DeployModelStep step = new DeployModelStep("name", "image");
            step.setStrategy(canary);
            return step;
        }
    }
}
