package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks strategy, traffic and pause, which must fit together.
 *
 * @param steps the steps that they make
 * @param maxSurge see {@link Strategy.Canary}
 */
record StrategyChecks(List<TrafficStep> steps, Integer maxSurge) {
    private static final int ALL = 100;
    private static final int MAX_OBJECT_NAME = 253;
    private static final List<String> PAUSES = List.of("none", "promotion", "steps");

    static StrategyChecks check(DeployModelRequest request) throws DeliveryException {
        traffic(request.traffic());
        List<TrafficStep> steps = new ArrayList<>();
        Integer maxSurge = null;
        if (request.strategy() instanceof Strategy.Canary canary) {
            maxSurge = canary.maxSurge();
            checkSurge(request, maxSurge);
            Duration hold = Durations.parse("hold", canary.hold());
            for (int weight : weights(canary.steps())) {
                steps.add(new TrafficStep(new TrafficSplit(weight, 0), hold, false));
            }
        } else if (request.strategy() instanceof Strategy.BlueGreen blueGreen) {
            steps.add(new TrafficStep(TrafficSplit.STABLE_ONLY, Durations.parse("hold", blueGreen.hold()), false));
            steps.add(new TrafficStep(new TrafficSplit(ALL, 0), Durations.parse("scaleDownDelay", blueGreen.scaleDownDelay()), false));
        } else if (request.strategy() instanceof Strategy.Shadow shadow) {
            if (shadow.percent() < 1 || shadow.percent() > ALL) {
                throw DeliveryException.invalid("percent", "it must be from 1 to 100, not " + shadow.percent(), "Give a share of the traffic such as 10.");
            }
            if (!(request.traffic() instanceof TrafficKind.Gateway || request.traffic() instanceof TrafficKind.Istio)) {
                throw DeliveryException.invalid("strategy", "shadow needs somebody who can mirror requests", "Use it with the traffic kind gateway or istio.");
            }
            steps.add(new TrafficStep(new TrafficSplit(0, shadow.percent()), Durations.parse("hold", shadow.hold()), false));
        } else if (request.strategy() instanceof Strategy.Rolling rolling) {
            if (request.traffic().routed()) {
                throw DeliveryException.invalid("strategy", "rolling replaces the stable version's own pods, so there is no traffic to route", "Use it with the traffic kind replicaRatio.");
            }
            steps.add(new TrafficStep(new TrafficSplit(ALL, 0), Durations.parse("hold", rolling.hold()), false));
        }
        return new StrategyChecks(pauses(request.pause(), steps), maxSurge);
    }

    private static List<TrafficStep> pauses(String pause, List<TrafficStep> steps) throws DeliveryException {
        List<TrafficStep> paused = new ArrayList<>();
        for (TrafficStep step : steps) {
            boolean last = paused.size() == steps.size() - 1;
            boolean waits = switch (pause == null ? DeployModelRequest.DEFAULT_PAUSE : pause) {
                case "none" -> false;
                case "promotion" -> last;
                case "steps" -> true;
                default -> throw DeliveryException.invalid("pause", "'" + Excerpt.of(pause) + "' is not known", NearestName.hint(pause, PAUSES) + "Choose one of: " + String.join(", ", PAUSES) + ".");
            };
            paused.add(new TrafficStep(step.split(), step.hold(), waits));
        }
        return List.copyOf(paused);
    }

    private static void checkSurge(DeployModelRequest request, Integer maxSurge) throws DeliveryException {
        if (maxSurge == null) {
            return;
        }
        if (maxSurge < 0 || maxSurge > ModelChecks.MAX_PODS) {
            throw DeliveryException.invalid(
                    "maxSurge", "it must be from 0 (in place) to " + ModelChecks.MAX_PODS + ", not " + maxSurge,
                    "Give a number of pods such as 1.");
        }
        if (request.traffic().routed()) {
            throw DeliveryException.invalid(
                    "maxSurge", "with routed traffic the stable version keeps its pods, and the canary has as many as its share needs",
                    "Leave `maxSurge` out and choose lower steps, or use the traffic kind replicaRatio.");
        }
        if (maxSurge > 0) {
            return;
        }
        if (request.model().autoscale() != null) {
            throw DeliveryException.invalid("maxSurge", "in place (0) needs a fixed number of pods", "Leave `autoscale` out, or allow at least 1 pod more.");
        }
        if (request.model().replicas() < 2) {
            throw DeliveryException.invalid("maxSurge", "in place (0) needs at least 2 replicas, or nobody would serve while the only pod is replaced", "Allow 1 pod more, or ask for 2 replicas.");
        }
    }

    private static List<Integer> weights(List<Integer> steps) throws DeliveryException {
        int last = 0;
        for (Integer step : steps) {
            if (step == null || step < 1 || step >= ALL || step <= last) {
                throw DeliveryException.invalid("steps", steps + " are not valid traffic steps", "Give rising percentages from 1 to 99, such as 10, 50.");
            }
            last = step;
        }
        if (steps.isEmpty()) {
            throw DeliveryException.invalid("steps", "there is no traffic step", "Give rising percentages from 1 to 99, such as 10, 50.");
        }
        return steps;
    }

    private static void traffic(TrafficKind kind) throws DeliveryException {
        if (kind instanceof TrafficKind.Gateway gateway) {
            Names.dnsSubdomain("route", gateway.route(), MAX_OBJECT_NAME);
        } else if (kind instanceof TrafficKind.Istio istio) {
            Names.dnsSubdomain("virtualService", istio.virtualService(), MAX_OBJECT_NAME);
            if (istio.destinationRule() != null) {
                Names.dnsSubdomain("destinationRule", istio.destinationRule(), MAX_OBJECT_NAME);
            }
        } else if (kind instanceof TrafficKind.Nginx nginx) {
            Names.dnsSubdomain("ingress", nginx.ingress(), MAX_OBJECT_NAME - "-canary".length());
        }
    }
}
