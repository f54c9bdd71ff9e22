package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.jenkins.plugins.mldelivery.deploy.TrafficRouter;
import java.util.List;

/** A router by objects of a Kubernetes cluster. */
public interface ClusterRouter extends TrafficRouter {
    /** The rights that it needs, all of them in the model's namespace. */
    List<Right> rights();
}
