package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How the new version takes over and how traffic is split: the kinds, and the parameters of each as options of their own. One that does not belong to the chosen kind is refused. */
final class StrategyOptions {
    private static final String NO_WAIT = "0s";
    private static final List<String> STRATEGIES = List.of("canary", "blueGreen", "shadow", "rolling");
    private static final List<String> TRAFFIC_KINDS = List.of("replicaRatio", "gateway", "istio", "nginx");

    @Option(names = "--strategy", defaultValue = "canary", description = "canary, blueGreen, shadow or rolling. Default: ${DEFAULT-VALUE}")
    String strategy;

    @Option(names = "--steps", split = ",", paramLabel = "PERCENT", description = "canary: its shares of traffic, rising. Default: 10,50")
    List<Integer> steps;

    @Option(names = "--hold", description = "How long a step lasts at least. Default: " + Strategy.Canary.DEFAULT_HOLD)
    String hold;

    @Option(names = "--max-surge", paramLabel = "PODS", description = "canary: most pods beyond the stable version's own; 0: in place. Default: 1, or with a routed traffic as many as needed.")
    Integer maxSurge;

    @Option(names = "--scale-down-delay", paramLabel = "TIME", description = "blueGreen: how long the old version is kept after the switch. Default: " + Strategy.BlueGreen.DEFAULT_SCALE_DOWN_DELAY)
    String scaleDownDelay;

    @Option(names = "--percent", description = "shadow: how much of the traffic is copied. Default: " + Strategy.Shadow.DEFAULT_PERCENT)
    Integer percent;

    @Option(names = "--traffic", defaultValue = "replicaRatio", description = "replicaRatio, gateway, istio or nginx. Default: ${DEFAULT-VALUE}")
    String traffic;

    @Option(names = "--route", paramLabel = "NAME", description = "gateway: the HTTPRoute.")
    String route;

    @Option(names = "--virtual-service", paramLabel = "NAME", description = "istio: the VirtualService.")
    String virtualService;

    @Option(names = "--destination-rule", paramLabel = "NAME", description = "istio: the DestinationRule whose subsets are routed to. Default: a Service for each version.")
    String destinationRule;

    @Option(names = "--ingress", paramLabel = "NAME", description = "nginx: the Ingress.")
    String ingress;

    Strategy strategy() throws DeliveryException {
        List<String> foreign = new ArrayList<>();
        boolean canary = strategy.equals("canary");
        foreign(foreign, "steps", steps, canary);
        foreign(foreign, "maxSurge", maxSurge, canary);
        foreign(foreign, "scaleDownDelay", scaleDownDelay, strategy.equals("blueGreen"));
        foreign(foreign, "percent", percent, strategy.equals("shadow"));
        Strategy chosen = switch (strategy) {
            case "canary" -> new Strategy.Canary(or(steps, Strategy.Canary.DEFAULT_STEPS), or(hold, Strategy.Canary.DEFAULT_HOLD), maxSurge);
            case "blueGreen" -> new Strategy.BlueGreen(or(hold, Strategy.BlueGreen.DEFAULT_HOLD), or(scaleDownDelay, Strategy.BlueGreen.DEFAULT_SCALE_DOWN_DELAY));
            case "shadow" -> new Strategy.Shadow(or(percent, Strategy.Shadow.DEFAULT_PERCENT), or(hold, Strategy.Shadow.DEFAULT_HOLD));
            case "rolling" -> new Strategy.Rolling(or(hold, Strategy.Rolling.DEFAULT_HOLD));
            default -> throw DeliveryException.invalid("strategy", "'" + strategy + "' is not known", NearestName.hint(strategy, STRATEGIES) + "Choose one of: " + String.join(", ", STRATEGIES) + ".");
        };
        refuse(foreign, "strategy " + strategy);
        return chosen;
    }

    /** The same without a wait, for what is not judged. */
    Strategy unheld() throws DeliveryException {
        Strategy chosen = strategy();
        return chosen instanceof Strategy.BlueGreen ? new Strategy.BlueGreen(Strategy.BlueGreen.DEFAULT_HOLD, NO_WAIT) : chosen;
    }

    TrafficKind traffic() throws DeliveryException {
        List<String> foreign = new ArrayList<>();
        foreign(foreign, "route", route, traffic.equals("gateway"));
        foreign(foreign, "virtualService", virtualService, traffic.equals("istio"));
        foreign(foreign, "destinationRule", destinationRule, traffic.equals("istio"));
        foreign(foreign, "ingress", ingress, traffic.equals("nginx"));
        TrafficKind chosen = switch (traffic) {
            case "replicaRatio" -> new TrafficKind.ReplicaRatio();
            case "gateway" -> new TrafficKind.Gateway(route);
            case "istio" -> new TrafficKind.Istio(virtualService, destinationRule);
            case "nginx" -> new TrafficKind.Nginx(ingress);
            default -> throw DeliveryException.invalid("traffic", "'" + traffic + "' is not known", NearestName.hint(traffic, TRAFFIC_KINDS) + "Choose one of: " + String.join(", ", TRAFFIC_KINDS) + ".");
        };
        refuse(foreign, "traffic kind " + traffic);
        return chosen;
    }

    private static void foreign(List<String> foreign, String parameter, Object given, boolean fits) {
        if (given != null && !fits) {
            foreign.add(parameter);
        }
    }

    private static void refuse(List<String> foreign, String kind) throws DeliveryException {
        if (!foreign.isEmpty()) {
            throw DeliveryException.invalid(foreign.get(0), "the " + kind + " has no such parameter", "Leave it out, or choose another kind.");
        }
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
