package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ApiKinds;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks the cluster whether it would take a model's objects, before anything is touched. Reads and dry runs only. */
final class ModelAdmission {
    private static final int UNPROCESSABLE = 422;
    /** Autoscalers of one Deployment that are looked at: of two one is too many already. */
    private static final int MAX_SCALERS = 20;
    private static final Map<String, String> PARAMETERS = Map.of(
            "NetworkPolicy", "allowFrom", "PodDisruptionBudget", "disruptionBudget", "HorizontalPodAutoscaler", "autoscale", "ScaledObject", "autoscale");

    private final KubernetesClient client;
    private final DeployModelRequest request;
    private final KubernetesObjects objects;
    private final ModelObjects around;

    ModelAdmission(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects, ModelObjects around) {
        this.client = client;
        this.request = request;
        this.objects = objects;
        this.around = around;
    }

    /**
     * Fails when the cluster lacks something, when an object of somebody else is in the way, or when a dry run of an apply is refused (immutable fields, admission, quota).
     *
     * @throws DeliveryException naming the parameter where one is to blame
     */
    void check() throws DeliveryException, InterruptedException {
        checkKeda();
        checkServiceAccount();
        checkOtherScalers();
        Service present = around.liveService();
        for (HasMetadata object : around.everything(present)) {
            String parameter = objects.manifests().find(object.getKind(), object.getMetadata().getName()) != null ? null : PARAMETERS.get(object.getKind());
            if (parameter != null && around.isForeign(object)) {
                throw DeliveryException.invalid(
                        parameter, "there is a " + ModelObjects.title(object) + " already that ML Delivery did not make",
                        "Remove it or give it another name, or leave `" + parameter + "`" + (parameter.equals("disruptionBudget") ? " to 'none'." : " out."));
            }
            if (object instanceof Service service) {
                checkOtherPods(service);
            }
            if (object instanceof ServiceAccount account) {
                checkOtherIdentity(account);
            }
            dryRun(around.prepared(object, present));
        }
        for (Track track : Track.values()) {
            dryRun(objects.deployment(track, 1, false, Map.of()));
        }
    }

    /** A Service that leads to other pods serves somebody: with the model's selector its requests would be lost until the first pod is ready, and for good when none gets ready. */
    private void checkOtherPods(Service wanted) throws DeliveryException, InterruptedException {
        String name = wanted.getMetadata().getName();
        if (!around.isForeign(wanted)) {
            return;
        }
        Service live = Calls.call("read Service " + name, () -> client.services().inNamespace(request.namespace()).withName(name).get());
        if (live == null) {
            return;
        }
        Map<String, String> selector = live.getSpec() == null || live.getSpec().getSelector() == null ? Map.of()
                : live.getSpec().getSelector();
        String track = wanted.getSpec().getSelector().get(KubernetesObjects.TRACK_LABEL);
        // Without a selector it leads to another name, or to endpoints that somebody has written by hand. What it
        // selects besides would stay, and turn the traffic to one version.
        boolean ours = !selector.isEmpty() && Stream.of(Track.values())
                .filter(t -> track == null || track.equals(t.word()))
                .allMatch(t -> objects.template(t).getMetadata().getLabels().entrySet()
                        .containsAll(selector.entrySet()));
        if (!ours) {
            throw DeliveryException.invalid(
                    "name", "there is a Service " + name + " already that leads to other pods ("
                            + (selector.isEmpty() ? "it has no selector" : labels(selector)) + ")",
                    "Remove it, or choose another name; nothing was touched.");
        }
    }

    /** Pods of others would run with this identity from their next start on, and no rollback would give them theirs back. */
    private void checkOtherIdentity(ServiceAccount wanted) throws DeliveryException, InterruptedException {
        String name = wanted.getMetadata().getName();
        if (request.model().identity().isEmpty() || !around.isForeign(wanted)) {
            return;
        }
        ServiceAccount live = Calls.call("read ServiceAccount " + name,
                () -> client.serviceAccounts().inNamespace(request.namespace()).withName(name).get());
        if (live == null) {
            return;
        }
        Map<String, String> annotations =
                live.getMetadata().getAnnotations() == null ? Map.of() : live.getMetadata().getAnnotations();
        boolean same = annotations.entrySet().containsAll(request.model().identity().entrySet())
                && Boolean.FALSE.equals(live.getAutomountServiceAccountToken());
        if (!same) {
            throw DeliveryException.invalid(
                    "identity", "there is a ServiceAccount '" + name + "' already that was not made for this model, and it has"
                            + " another identity",
                    "Leave `identity` out to use it as it is, or give another `serviceAccount`.");
        }
    }

    private void checkKeda() throws DeliveryException, InterruptedException {
        if (request.model().autoscale() != null
                && request.model().autoscale().byKeda()
                && Calls.call("ask whether there is KEDA", () -> ApiKinds.find(client, Autoscaler.KEDA, "ScaledObject")) == null) {
            throw DeliveryException.invalid("autoscale", "the cluster has no KEDA (no ScaledObject of " + Autoscaler.KEDA + "), which 'queries' needs", "Install KEDA, or scale by cpu, memory or metrics.");
        }
    }

    /** A missing ServiceAccount would keep every pod from being made, long after the dry runs were passed. */
    private void checkServiceAccount() throws DeliveryException, InterruptedException {
        String name = request.model().serviceAccount();
        if (name == null || !request.model().identity().isEmpty()) {
            return;
        }
        try {
            if (client.serviceAccounts().inNamespace(request.namespace()).withName(name).get() == null) {
                throw DeliveryException.invalid("serviceAccount", "there is no ServiceAccount '" + name + "' in namespace '" + request.namespace() + "'", "Create it first, or give it an identity.");
            }
        } catch (KubernetesClientException e) {
            if (!Calls.hidden(e)) {
                throw Calls.failure("read ServiceAccount " + name, e);
            }
        }
    }

    private void checkOtherScalers() throws DeliveryException, InterruptedException {
        if (request.model().autoscale() == null) {
            return;
        }
        List<String> scalers = scalers();
        for (String name : scalers == null ? List.<String>of() : scalers) {
            if (!name.equals(request.name()) && !name.equals("keda-hpa-" + request.name())) {
                throw DeliveryException.invalid(
                        "autoscale", "HorizontalPodAutoscaler " + name + " scales Deployment " + request.name() + " already, and two would fight", "Remove it, or leave autoscale out: then it is left to scale.");
            }
        }
    }

    /**
     * The names of the HorizontalPodAutoscalers that target the stable Deployment, or of {@link #MAX_SCALERS} of them;
     * null when they may not be listed.
     */
    private List<String> scalers() throws DeliveryException, InterruptedException {
        List<String> names = new ArrayList<>();
        try {
            String path = ObjectKind.POD_AUTOSCALER.path(request.namespace());
            ApiLists.read(client, path, Map.of(), HorizontalPodAutoscaler.class, scaler -> {
                String name = scaler.getMetadata().getName();
                if (name == null || !scalesStable(scaler) || names.size() == MAX_SCALERS) {
                    return 0;
                }
                names.add(name);
                return OwnedPods.bytes(List.of(name));
            });
            return names;
        } catch (KubernetesClientException e) {
            if (Calls.hidden(e)) {
                return null;
            }
            throw Calls.failure("list the horizontalpodautoscalers", e);
        }
    }

    private boolean scalesStable(HorizontalPodAutoscaler scaler) {
        CrossVersionObjectReference target = scaler.getSpec() == null ? null : scaler.getSpec().getScaleTargetRef();
        return target != null && "Deployment".equals(target.getKind()) && request.name().equals(target.getName());
    }

    /**
     * Whether the stable Deployment's replicas belong to an autoscaler, this request's or somebody else's. Where the autoscalers may not be listed, the Deployment's own field managers tell, see
     * {@link Autoscaler#autoscaled}.
     */
    boolean autoscaled(Deployment live) throws DeliveryException, InterruptedException {
        if (request.model().autoscale() != null || objects.manifests().has("HorizontalPodAutoscaler") || objects.manifests().has("ScaledObject")) {
            return true;
        }
        List<String> scalers = scalers();
        if (scalers == null) {
            return Autoscaler.autoscaled(live);
        }
        for (String name : scalers) {
            // One that this engine made goes: the request no longer wants it.
            if (around.isForeign(new HorizontalPodAutoscalerBuilder().withNewMetadata().withName(name).endMetadata().build())) {
                return true;
            }
        }
        return false;
    }

    /** The object as the server would store it; null when it does not say so: admission webhooks with side effects answer a dry run with 400, which says nothing of the real apply. */
    HasMetadata dryRun(HasMetadata object) throws DeliveryException, InterruptedException {
        try {
            return client.resource(object).dryRun().fieldManager(KubernetesTarget.FIELD_MANAGER).forceConflicts().serverSideApply();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_BAD_REQUEST) {
                return null;
            }
            if (e.getCode() == UNPROCESSABLE && String.valueOf(e.getMessage()).contains("immutable")) {
                throw DeliveryException.failed(
                        "name",
                        ModelObjects.title(object) + " is there already with fields that can't be changed ("
                                + KubernetesErrors.said(e) + ")",
                        "Remove it, or choose another name; nothing was touched.", e);
            }
            throw Calls.failure("apply " + ModelObjects.title(object), e);
        }
    }

    private static String labels(Map<String, String> labels) {
        return labels.entrySet().stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    }
}
