package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.CanonicalText;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/**
 * What a rollout's state is a state of: the request that began it and the place, and what the way back of that request
 * takes when another one finds the state.
 *
 * @param request keyed hash of the whole request that matters (see {@link #digest}), behind the id of its key
 * @param place where it works
 * @param kind how its new version takes over
 * @param traffic how its traffic is divided
 * @param maxSurge see {@link RolloutPlan#maxSurge}
 * @param image what it rolls out: with the digest that the tag named when it began, where that was found out; null in a
 *     state of a release before this field
 */
public record RolloutOrigin(
        String request, RolloutPlace place, RolloutPlan.Kind kind, TrafficKind traffic, Integer maxSurge, String image) {
    /** Callers of a {@link KeyedHash} begin their messages differently. */
    private static final String MESSAGE = "ml-delivery rollout request\n";

    public RolloutOrigin {
        Objects.requireNonNull(request);
        Objects.requireNonNull(place);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(traffic);
    }

    /** What divides the traffic on the way back is what has divided it. */
    DeployModelRequest wayBack(DeployModelRequest now) {
        Strategy strategy = switch (kind) {
            case FULL -> Strategy.BlueGreen.defaults();
            case DIRECT, UNDO -> Strategy.Rolling.defaults();
            case CANARY -> Strategy.Canary.defaults();
        };
        return now.withStrategy(strategy, traffic);
    }

    /** Whether the traffic of both is divided by the same means: with blue/green, without another one, by the Service's selector. */
    boolean dividesLike(RolloutOrigin other) {
        boolean full = kind == RolloutPlan.Kind.FULL;
        return traffic.equals(other.traffic) && (traffic.routed() || full == (other.kind == RolloutPlan.Kind.FULL));
    }

    /**
     * The hash of a request: of everything that says what is rolled out, how, and what it is judged by. Left out is how
     * long it may take and what happens beside other rollouts, which may be given otherwise to a rollout that goes on.
     * It has a key, since a request may hold secrets, as values of variables or in manifests.
     *
     * @param judge the canonical text of what judges the steps, see {@link Deployer#judge}
     */
    static String digest(DeployModelRequest request, RolloutPlan.Kind kind, String judge, KeyedHash key) {
        DeployModelRequest matters = new DeployModelRequest(
                request.name(), request.namespace(), request.image(), request.pods(), request.model(),
                request.strategy(), request.traffic(), request.pause(), null, false, false, null, null);
        String text = MESSAGE + kind + "\n"
                + (kind == RolloutPlan.Kind.UNDO ? request.namespace() + "/" + request.name()
                        : CanonicalText.of(matters) + "\n" + judge);
        return key.keyId() + "-" + HexFormat.of().formatHex(key.of(text.getBytes(StandardCharsets.UTF_8)));
    }
}
