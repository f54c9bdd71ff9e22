package io.jenkins.plugins.mldelivery.steps;

import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

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
            for (String step : form.getString("stepsText").split("[,\\s]+")) {
                if (!step.isEmpty()) {
                    try {
                        steps.add(Integer.valueOf(step));
                    } catch (NumberFormatException e) {
                        throw new FormException(Messages.CanaryStrategy_NoPercentage(step), e, "steps");
                    }
                }
            }
            form.remove("stepsText");
            form.put("steps", steps);
            return super.newInstance(request, form);
        }
    }
}
