package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Deployer;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.image.BuildImageResult;
import io.jenkins.plugins.mldelivery.playground.Logins;
import io.jenkins.plugins.mldelivery.playground.Playground;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.MetricsGate;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.util.List;
import java.util.Map;

/** The deliveries of the demo: the same engine calls as the Jenkins steps make. */
final class DemoDelivery {
    static final String MODEL = "penguins";
    static final String NAMESPACE = "ml";

    /** The default would fail the good model in about one demo of 170, by chance; the bad model is so bad that this costs it hardly any requests. */
    private static final double ALPHA = 0.0001;

    private final Playground playground;
    private final DemoFiles files;
    private final EventSink console;
    private final ClusterAccess access;
    private int replicas = ModelSettings.DEFAULT_REPLICAS;

    DemoDelivery(Playground playground, DemoFiles files, EventSink console) {
        this.playground = playground;
        this.files = files;
        this.console = console;
        this.access = ClusterAccess.kubeconfig(SecretText.of(playground.kubeconfig()), null);
    }

    void provision(EventSink record) throws DeliveryException, InterruptedException {
        Environment environment = environment(record);
        LocalWorkspace workspace = new LocalWorkspace(files.folder());
        Provision provision = new Provision(workspace, environment);
        String tool = workspace.canRun("terraform") ? "terraform" : workspace.canRun("tofu") ? "tofu" : null;
        if (tool != null) {
            ProvisionRequest d = ProvisionRequest.of("infra/terraform");
            ProvisionResult result = provision.run(
                    new ProvisionRequest(
                            d.dir(), tool, d.action(), Map.of("model", MODEL), List.of(), Map.of(), false, null, d.namespace(), d.lockTimeout(), d.timeout()),
                    null);
            replicas = ((Number) result.outputs().get("replicas")).intValue();
        } else {
            environment.info(Event.Stage.PROVISION, "neither terraform nor tofu is on this machine: the demo provisions with Kubernetes manifests alone");
        }
        provision.run(ProvisionRequest.of("infra/kubernetes"), access);
    }

    DeployModelResult deliver(String folder, String tag, EventSink record) throws DeliveryException, InterruptedException {
        Environment environment = environment(record);
        BuildImageResult image = new BuildImage(WorkspaceBorder.anywhere(files.folder()), null, environment)
                .run(BuildImageRequest.of("model/" + folder, playground.registry() + "/ml/" + MODEL + ":" + tag).withCredentialsId(Logins.REGISTRY_ID));
        DeployModelRequest request = DeployModelRequest.of(MODEL, image.image())
                .withNamespace(NAMESPACE)
                .withModel(ModelSettings.defaults().withReplicas(replicas))
                .withStrategy(new Strategy.Canary(List.of(25, 50), "2s", null), new TrafficKind.ReplicaRatio())
                .withRequireDigest(true)
                .withTimes("30s", "5m");
        Check.ErrorRate e = Check.ErrorRate.defaults();
        VerifyMetricsRequest v = VerifyMetricsRequest.of(List.of(new Check.ErrorRate(
                e.name(), e.metric(), e.errors(), 3, ALPHA, e.beta(), 0.02, 200)));
        VerifyMetricsRequest verify = new VerifyMetricsRequest(
                v.checks(), null, null, null, null, List.of(), List.of(), "500ms", "90s", v.onInconclusive());
        Deployer demo = new Deployer("ml-delivery demo " + tag, KeyedHash.withKey(new byte[32]));
        try (ClusterConnections connections = new ClusterConnections();
                DeployModel deploy = new DeployModel(request, connections, access, null, demo, StateStore.none(), environment)) {
            return deploy.run(new MetricsGate(verify, deploy.podMetrics(), environment));
        }
    }

    private Environment environment(EventSink record) {
        return new Environment(new LocalCommands(), Clock.system(), playground.logins(), console.and(record));
    }
}
