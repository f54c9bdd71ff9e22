package io.jenkins.plugins.mldelivery.deploy.targets;

import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.call;
import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.failure;
import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.run;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.Action;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Deployer;
import io.jenkins.plugins.mldelivery.deploy.Observation;
import io.jenkins.plugins.mldelivery.deploy.Reach;
import io.jenkins.plugins.mldelivery.deploy.RolloutPlace;
import io.jenkins.plugins.mldelivery.deploy.Target;
import io.jenkins.plugins.mldelivery.deploy.TrackStatus;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.ClusterRouter;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.TrafficRouters;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/** A model on a Kubernetes cluster: a Deployment a track, one Service over both, a Lease. */
public final class KubernetesTarget implements Target {
    /** Field manager of everything applied. */
    public static final String FIELD_MANAGER = "ml-delivery";

    private static final int LOOKS_AT_ROUTE = 5;

    private final DeployModelRequest request;
    private final KubernetesClient client;
    private KubernetesObjects objects;
    private ModelObjects around;
    private TemplateDrift drift;
    private final ModelLease lease;
    private final PodProblems problems;
    private final ModelPods pods;
    private final TrackPages pages;
    private final ModelReach reach;
    private final boolean switched;
    private final Deployer deployer;
    private final boolean undo;
    private final ClusterRouter router;
    private String revision;
    private String configHash;
    private boolean autoscaled;
    /** The stable Deployment of the last observation, on which the actions were decided; null when there was none. */
    private Deployment stableSeen;
    private Deployment canarySeen;
    /** The autoscaler's floor that this process has asked for last, so that waiting does not mean writing; 0 for none. */
    private Integer floor = -1;

    /**
     * @param client not closed here
     * @param threads on which the pods' pages are read
     * @param deployer who does this
     * @param progressDeadlineSeconds of the Deployments
     * @param undo whether what the stable version ran before is rolled out, not what the request says
     */
    public KubernetesTarget(DeployModelRequest request, KubernetesClient client, Executor threads, Deployer deployer,
            int progressDeadlineSeconds, boolean undo) throws DeliveryException {
        this.request = request;
        this.client = client;
        this.deployer = deployer;
        this.undo = undo;
        use(KubernetesObjects.of(request, progressDeadlineSeconds));
        this.lease = new ModelLease(client, request.namespace(), request.name(), deployer.holder());
        this.problems = new PodProblems(client);
        this.pods = new ModelPods(client, request, objects, track -> deployments().read(track));
        this.pages = new TrackPages(client, threads, request.pods());
        this.router = TrafficRouters.of(request, client);
        this.reach = new ModelReach(client, request, objects);
        this.switched = new ModelServices(request, objects).switched();
    }

    /** The revision of what is to be rolled out; null while an undone rollout has not been prepared. */
    public String revision() {
        return revision;
    }

    /** The image that is rolled out, as the stable version names it where it is the same, see {@link StableImage}. */
    public String image() {
        return objects.image();
    }

    /** Pods of the stable version. */
    public int replicas() {
        return objects.replicas();
    }

    /** Whether somebody divides the traffic other than by pods. */
    public boolean routed() {
        return router != null;
    }

    /**
     * The first call of a rollout, see {@link #checkAccess}. It also finds out what an undone rollout goes back to and who scales.
     *
     * @return the revision of what is to be rolled out
     */
    public String prepare() throws DeliveryException, InterruptedException {
        checkAccess();
        Deployment stable = call("read Deployment " + name(Track.STABLE), () -> deployments().read(Track.STABLE));
        if (undo) {
            revision = deployments().previousRevision(stable);
            autoscaled = true;
        } else if (stable != null) {
            ModelAdmission admission = new ModelAdmission(client, request, objects, around);
            autoscaled = admission.autoscaled(stable);
        }
        return revision;
    }

    /** Goes on with a rollout that was prepared earlier, of the {@link #revisionWith} its configuration. */
    public void resume(String itsRevision, String itsConfigHash) throws DeliveryException {
        configured(itsConfigHash);
        revision = undo ? itsRevision : revision;
    }

    /**
     * The revision that the request makes now of pods that read what this is the hash of: when a rollout has another
     * one, its pods are not the request's. Null where a version is undone, whose pods the request does not make.
     */
    public String revisionWith(String itsConfigHash) {
        KubernetesObjects all = itsConfigHash == null ? objects : objects.withConfigHash(itsConfigHash);
        return undo ? null : Revision.of(all.template(Track.STABLE));
    }

    /** Where it works; reads only. */
    public RolloutPlace place() throws DeliveryException, InterruptedException {
        return new ClusterPlace(client).of(request.namespace());
    }

    /** Hash of what the pods read of ConfigMaps and Secrets, or null when they read nothing. */
    public String configHash() {
        return configHash;
    }

    /** What a rollout would change, as text; nothing is changed. */
    public String diff() throws DeliveryException, InterruptedException {
        checkAccess();
        Deployment stable = call("read Deployment " + name(Track.STABLE), () -> deployments().read(Track.STABLE));
        ModelAdmission admission = new ModelAdmission(client, request, objects, around);
        boolean scaled = stable != null && admission.autoscaled(stable);
        return new ModelDiff(objects, around, admission).text(stable, scaled ? Objects.requireNonNullElse(stable.getSpec().getReplicas(), 0) : objects.replicas());
    }

    /** Only reads and dry runs. */
    @Override
    public void checkAccess() throws DeliveryException, InterruptedException {
        PodConfig config = new PodConfig(client, request, objects);
        List<Right> rights = new ArrayList<>(Permissions.ofRollout(name(Track.STABLE), name(Track.CANARY)));
        if (!undo) {
            rights.addAll(around.rights());
            rights.addAll(config.rights());
        }
        if (router != null) {
            rights.addAll(router.rights());
        }
        String missing = call("ask what is permitted", () -> new Permissions(client, request.namespace()).missing(rights));
        if (!missing.isEmpty()) {
            throw DeliveryException.refused(
                    "cluster", "a rollout in namespace '" + request.namespace() + "' needs rights that its user does not have: " + missing,
                    "Add them to the user's Role; nothing was touched.", null);
        }
        call("read the lease of " + request.name(), lease::read);
        if (namespaceIsMissing()) {
            throw DeliveryException.invalid(
                    "namespace", "there is no namespace '" + request.namespace() + "' in the cluster",
                    "Create it first, for example with `mlProvision`.");
        }
        for (Track track : Track.values()) {
            deployments().checkOurs(track);
        }
        if (router != null) {
            checkTraffic();
        }
        if (!undo) {
            Deployment stable = call("read Deployment " + name(Track.STABLE), () -> deployments().read(Track.STABLE));
            configured(config.annotation(deployer.configKey(), stable));
            KubernetesObjects named = StableImage.named(objects, stable);
            if (named != objects) {
                use(named);
            }
            new ModelAdmission(client, request, objects, around).check();
        }
    }

    /** A route has other writers (its controller, a rollout that is still under way): what somebody writes while it is looked at is no fault of the cluster. */
    private void checkTraffic() throws DeliveryException, InterruptedException {
        for (int tries = 1;; tries++) {
            try {
                router.checkAccess();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || tries == LOOKS_AT_ROUTE) {
                    throw failure("see how the traffic of " + request.name() + " is divided", e);
                }
            }
        }
    }

    /** What the pods read is a part of what they are. */
    private void configured(String hash) throws DeliveryException {
        if (hash != null) {
            configHash = hash;
            use(objects.withConfigHash(hash));
        }
    }

    private void use(KubernetesObjects made) throws DeliveryException {
        objects = made;
        drift = new TemplateDrift(client, objects);
        revision = undo ? null : Revision.of(objects.template(Track.STABLE));
        around = new ModelObjects(client, request, objects, deployer.holder());
    }

    private boolean namespaceIsMissing() throws DeliveryException, InterruptedException {
        try {
            return client.namespaces().withName(request.namespace()).get() == null;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return false; // A rollout needs no right to read Namespace objects.
            }
            throw failure("read namespace " + request.namespace(), e);
        }
    }

    @Override
    public Observation observe(Instant now, Gate.Answer answer, String abort)
            throws DeliveryException, InterruptedException {
        Lease found = call("read the lease of " + request.name(), lease::read);
        pods.observing();
        stableSeen = null;
        canarySeen = null;
        TrackStatus stable = status(Track.STABLE, now);
        TrackStatus canary = status(Track.CANARY, now);
        TrafficStatus traffic = traffic();
        Reach reached = reach.look(stableSeen, canarySeen, pods.strangers());
        return new Observation(
                now, lease.held(found), lease.otherHolder(found, now), stable, canary, switched ? followed(traffic, reached) : traffic,
                reached, answer, abort, warnings(found, now));
    }

    /** A Service that is switched has switched once its endpoints have followed. */
    private static TrafficStatus followed(TrafficStatus traffic, Reach reached) {
        boolean followed = traffic.split().stableOnly() ? reached.canary() == 0 : reached.stable() == 0 && reached.canary() > 0;
        return new TrafficStatus(traffic.split(), traffic.confirmed() && followed, traffic.problem());
    }

    /** Whether EndpointSlices can't be listed, so that the Services' selectors and the ready pods are believed. */
    public boolean believesSelectors() {
        return reach.unread();
    }

    private List<String> warnings(Lease found, Instant now) {
        List<String> warnings = pods.warnings();
        String strange = lease.warning(found, now);
        if (strange != null) {
            warnings.add(strange);
        }
        return warnings;
    }

    private TrafficStatus traffic() throws DeliveryException, InterruptedException {
        if (router == null) {
            return TrafficStatus.stableOnly();
        }
        try {
            return router.observe();
        } catch (KubernetesClientException e) {
            throw failure("read how the traffic of " + request.name() + " is divided", e);
        }
    }

    private void route(TrafficSplit split) throws DeliveryException, InterruptedException {
        try {
            router.route(split);
        } catch (KubernetesClientException e) {
            throw failure("divide the traffic of " + request.name(), e);
        }
    }

    private TrackStatus status(Track track, Instant now) throws DeliveryException, InterruptedException {
        Deployment d = call("read Deployment " + name(track), () -> deployments().read(track));
        if (d == null || d.getMetadata().getDeletionTimestamp() != null && track == Track.STABLE) {
            return TrackStatus.absent();
        }
        OwnedPods.Found found = call("list the pods of " + name(track), () -> pods.found(track, d));
        stableSeen = track == Track.STABLE ? d : stableSeen;
        canarySeen = track == Track.CANARY ? d : canarySeen;
        boolean stable = track == Track.STABLE;
        // The stable version goes on serving with what it has; a canary of others' pods would be judged by what it is not.
        DeploymentView view = new DeploymentView(d, stable ? List.of() : found.adopted());
        String problem = view.rolledOut() ? null : view.displaced();
        boolean hopeless = false;
        if (problem == null && !view.rolledOut()) {
            List<Pod> its = found == null ? call("list the pods of " + name(track), () -> pods.of(track)) : found.pods();
            String lasting = problems.hopeless(its, now);
            hopeless = lasting != null;
            problem = hopeless ? lasting : problems.explain(d, its, now);
        }
        boolean edited = !undo && drift.edited(track, d, revision);
        return view.status(stable && autoscaled, edited, stable ? TrackDeployments.unjudged(d) : null, problem, hopeless);
    }

    @Override
    public List<String> lastLines(Track track) throws DeliveryException, InterruptedException {
        return problems.lastLines(call("list the pods of " + name(track), () -> pods.of(track)));
    }

    /** The Deployments as they are to be now. */
    private TrackDeployments deployments() {
        return new TrackDeployments(client, request, objects, drift, deployer.holder(), revision, undo);
    }

    @Override
    public void act(Action action, Instant now) throws DeliveryException, InterruptedException {
        if (action instanceof Action.HoldLease) {
            run("take the lease of " + request.name(), () -> lease.hold(now, false));
        } else if (action instanceof Action.TakeLease) {
            run("take the lease of " + request.name(), () -> lease.hold(now, true));
        } else if (action instanceof Action.ReleaseLease) {
            run("release the lease of " + request.name(), lease::release);
        } else if (!call("read the lease of " + request.name(), () -> lease.mayAct(now))) {
            throw new TransientException("the lease of " + request.name() + " is not this rollout's any more", null);
        } else {
            change(action);
        }
    }

    private void change(Action action) throws DeliveryException, InterruptedException {
        if (action instanceof Action.ApplyObjects) {
            if (!undo) {
                around.apply();
            }
        } else if (action instanceof Action.PruneObjects) {
            if (!undo) {
                around.prune();
            }
        } else if (action instanceof Action.ApplyAutoscaler a) {
            applyAutoscaler(a.floor());
        } else if (action instanceof Action.ApplyCanary a) {
            deployments().applyCanary(a.replicas());
        } else if (action instanceof Action.DeleteCanary) {
            deployments().delete(Track.CANARY);
        } else if (action instanceof Action.DeleteStable) {
            deployments().delete(Track.STABLE);
            around.removeAll();
        } else if (action instanceof Action.ScaleStable a) {
            deployments().scale(a.replicas());
        } else if (action instanceof Action.PromoteStable a) {
            deployments().promote(a.replicas(), a.inPlace(), a.judged(), a.canary(), stableSeen, this::configVersions);
        } else if (action instanceof Action.NoteEdit) {
            deployments().noteEdit();
        } else if (action instanceof Action.ApproveStable) {
            deployments().approve();
        } else if (action instanceof Action.RestoreStable a) {
            deployments().restore(a.revision(), a.replicas(), a.inPlace());
        } else if (action instanceof Action.Route a) {
            route(a.split());
        }
        // ConfirmTraffic: the observation before it has confirmed the split.
    }

    private String configVersions(boolean judged) throws DeliveryException, InterruptedException {
        return undo ? null : new PodConfig(client, request, objects).versions(deployer.configKey(), configHash, judged);
    }

    private void applyAutoscaler(Integer wanted) throws DeliveryException, InterruptedException {
        if (!undo && !Objects.equals(floor, wanted)) {
            around.applyAutoscaler(wanted);
            floor = wanted;
        }
    }

    @Override
    public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
        pages.read(track, call("list the pods of " + name(track), () -> pods.of(track)), reader);
    }

    @Override
    public String url() {
        return "http://" + request.name() + "." + request.namespace() + ".svc";
    }

    @Override
    public String selector(Track track) {
        return pods.matchers(track);
    }

    @Override
    public String selectorOfPresent(Track track) throws DeliveryException, InterruptedException {
        return call("list the pods of " + name(track), () -> pods.matchersOfPresent(track));
    }

    private String name(Track track) {
        return objects.deploymentName(track);
    }
}
