package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Reach;
import java.net.HttpURLConnection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks where the model's Services lead: by their selectors, and by their EndpointSlices, which say what the data plane
 * is told. Where these can't be listed, the selectors and the Deployments' ready pods are believed.
 */
final class ModelReach {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private final KubernetesClient client;
    private final DeployModelRequest request;
    private final ModelServices services;
    private final PodMatchers matchers;
    private boolean unread;
    private Set<String> foreign = Set.of();

    ModelReach(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects) {
        this.client = client;
        this.request = request;
        this.services = new ModelServices(request, objects);
        this.matchers = new PodMatchers(request.namespace(), request.name());
    }

    /** Whether EndpointSlices can't be listed, as the last look has found it. */
    boolean unread() {
        return unread;
    }

    /**
     * Looks at the Services that the two versions need.
     *
     * @param stable the stable Deployment, or null when there is none
     * @param canary the canary's, or null
     * @param strangers the names of pods that are neither's, although they are called so
     */
    Reach look(Deployment stable, Deployment canary, Set<String> strangers) throws DeliveryException, InterruptedException {
        foreign = strangers;
        if (stable == null && canary == null) {
            return new Reach(null, 0, 0, 0);
        }
        try {
            return services.apart() ? apart(stable, canary) : together(stable, canary);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                // Services may not be read: nobody knows better than whoever has applied them.
                unread = true;
                return new Reach(null, ready(stable), ready(canary), 0);
            }
            throw Calls.failure("see whom the Services of " + request.name() + " reach", e);
        }
    }

    /** One Service has the requests of both, be it by its pods, by subsets, or of one version at a time. */
    private Reach together(Deployment stable, Deployment canary) {
        Service main = service(request.name());
        if (main == null) {
            return nowhere(request.name());
        }
        String problem = services.switched() ? null : problem(main, stable, canary, null);
        return count(main, stable, canary).with(problem);
    }

    /** Each version has a Service of its own, to which somebody divides the requests. */
    private Reach apart(Deployment stable, Deployment canary) {
        Service main = service(request.name());
        Service second = canary == null ? null : service(request.name() + "-canary");
        if (main == null || canary != null && second == null) {
            return nowhere(main == null ? request.name() : request.name() + "-canary");
        }
        String problem = problem(main, stable, null, canary);
        Count found = count(main, stable, null);
        if (second != null) {
            problem = problem != null ? problem : problem(second, null, canary, stable);
            Count canaries = count(second, null, canary);
            found = new Count(found.stable(), canaries.canary(), found.others() + canaries.others());
        }
        return found.with(problem);
    }

    private static Reach nowhere(String service) {
        return new Reach("there is no Service '" + service + "'", 0, 0, 0);
    }

    private Service service(String name) {
        return client.services().inNamespace(request.namespace()).withName(name).get();
    }

    /**
     * What is wrong with a Service's selector, or null.
     *
     * @param other the Deployment whose pods it must not select, or null
     */
    private String problem(Service service, Deployment stable, Deployment canary, Deployment other) {
        if (stable != null && !selects(service, stable)) {
            return title(service) + " does not select the pods of the stable version, which therefore get no requests from it";
        }
        if (canary != null && !selects(service, canary)) {
            return title(service) + " does not select the pods of the canary, which therefore get no requests from it";
        }
        return other != null && selects(service, other)
                ? title(service) + " selects the pods of Deployment " + other.getMetadata().getName() + " too, which therefore get more requests than their share"
                : null;
    }

    private static boolean selects(Service service, Deployment deployment) {
        Map<String, String> selector = selector(service);
        Map<String, String> labels = deployment.getSpec().getTemplate().getMetadata() == null ? null
                : deployment.getSpec().getTemplate().getMetadata().getLabels();
        return !selector.isEmpty() && labels != null && labels.entrySet().containsAll(selector.entrySet());
    }

    private static Map<String, String> selector(Service service) {
        return service.getSpec() == null || service.getSpec().getSelector() == null ? Map.of() : service.getSpec().getSelector();
    }

    private static String title(Service service) {
        String selector = selector(service).entrySet().stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
        return "Service '" + service.getMetadata().getName() + "'" + (selector.isEmpty() ? ", which has no selector," : " (it selects " + selector + ")");
    }

    /** Ready pods behind a Service. */
    private record Count(int stable, int canary, int others) {
        Reach with(String problem) {
            return new Reach(problem, stable, canary, others);
        }
    }

    private Count count(Service service, Deployment stable, Deployment canary) {
        boolean all = service.getSpec() != null && Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
        if (!all && !unread) {
            try {
                return endpoints(service.getMetadata().getName());
            } catch (KubernetesClientException e) {
                if (KubernetesErrors.isTransient(e) || KubernetesErrors.isForeign(e)) {
                    throw e;
                }
                // Not permitted, not known or far too many: the way back must not depend on them.
                unread = true;
            }
        }
        int stables = stable != null && selects(service, stable) ? ready(stable) : 0;
        return new Count(stables, canary != null && selects(service, canary) ? ready(canary) : 0, 0);
    }

    private static int ready(Deployment deployment) {
        Integer ready = deployment == null || deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
        return ready == null ? 0 : ready;
    }

    /** A pod is in one slice for each family of addresses. */
    private Count endpoints(String service) {
        Set<String> stable = new HashSet<>();
        Set<String> canary = new HashSet<>();
        Set<String> others = new HashSet<>();
        ApiLists.read(
                client, "/apis/discovery.k8s.io/v1/namespaces/" + request.namespace() + "/endpointslices",
                Map.of(SERVICE_NAME, service), EndpointSlice.class, slice -> {
                    long kept = 0;
                    // A Service without pods has a slice whose endpoints are null.
                    for (Endpoint endpoint : slice.getEndpoints() == null ? List.<Endpoint>of() : slice.getEndpoints()) {
                        if (endpoint.getConditions() != null && Boolean.FALSE.equals(endpoint.getConditions().getReady())) {
                            continue;
                        }
                        boolean pod = endpoint.getTargetRef() != null && endpoint.getTargetRef().getName() != null;
                        String name = pod ? endpoint.getTargetRef().getName() : String.valueOf(endpoint.getAddresses());
                        Track track = pod && !foreign.contains(name) ? matchers.track(name) : null;
                        if ((track == Track.STABLE ? stable : track == Track.CANARY ? canary : others).add(name)) {
                            kept += OwnedPods.bytes(List.of(name));
                        }
                    }
                    return kept;
                });
        return new Count(stable.size(), canary.size(), others.size());
    }
}
