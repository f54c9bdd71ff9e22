package io.jenkins.plugins.mldelivery.house;

import io.jenkins.plugins.mldelivery.house.DocumentedLimits.Row;
import java.util.Map;
import org.junit.Test;

/** The limits in docs/security.md and docs/reference/verify-metrics.md are those of the code. */
public class SecurityPageTest {
    private static final String ANSWERS = "delivery.kubernetes.http.AnswerLimits.";
    private static final String CLIENTS = "delivery.kubernetes.OpenClients.";
    private static final String EXCHANGES = "delivery.kubernetes.http.Exchanges.";
    private static final String READS = "verify.source.ReadLimits.";
    private static final String HTTP = "delivery.http.HttpLimits.";

    private static final Map<String, Row> SECURITY = Map.ofEntries(
            Map.entry(
                    "threads for steps that wait",
                    Row.of(
                            "%n (%n of them for the steps of one job, %n for those of one folder), %n for rollouts under way (%n, %n), "
                                    + "%n for their looks at metrics (%n, %n), %n for large manifests (%n, %n), which keep theirs until they are applied",
                            "steps.DeliveryThreads.MOST",
                            "steps.DeliveryThreads.MOST_OF_A_JOB",
                            "steps.DeliveryThreads.MOST_OF_A_TOP",
                            "steps.DeliveryThreads.MAX_ROLLOUTS",
                            "steps.DeliveryThreads.ROLLOUTS_OF_A_JOB",
                            "steps.DeliveryThreads.ROLLOUTS_OF_A_TOP",
                            "steps.DeliveryThreads.MAX_LOOKS",
                            "steps.DeliveryThreads.LOOKS_OF_A_JOB",
                            "steps.DeliveryThreads.LOOKS_OF_A_TOP",
                            "steps.DeliveryThreads.MAX_MANIFESTS",
                            "steps.DeliveryThreads.MANIFESTS_OF_A_JOB",
                            "steps.DeliveryThreads.MANIFESTS_OF_A_TOP")),
            Map.entry(
                    "what a rollout under way asks a cluster for at a time; what it looks at before, or in a dry run",
                    Row.of("%t; %t", "deploy.DeployModel.TICK", "deploy.DeployModel.BEGINNING")),
            Map.entry(
                    "watches on clusters; rollouts in further namespaces poll",
                    Row.of("%n", "steps.DeliveryConnections.MOST_WATCHES")),
            Map.entry(
                    "connections to clusters that rollouts use, each to another server or with another login, and that nobody uses",
                    Row.of(
                            "%n (%n of them for one job, %n for one folder), %n",
                            CLIENTS + "MAX_USED",
                            CLIENTS + "USED_BY_A_JOB",
                            CLIENTS + "USED_BY_A_TOP",
                            CLIENTS + "MAX_IDLE")),
            Map.entry(
                    "threads of each such connection that wait for the cluster's answers, without those of watches and of "
                            + "answers that are read on after a pause",
                    Row.of(
                            "%n (%n of them for one job, %n for one folder); the others wait up to %t",
                            EXCHANGES + "THREADS",
                            EXCHANGES + "THREADS_OF_A_JOB",
                            EXCHANGES + "THREADS_OF_A_TOP",
                            ANSWERS + "TURN")),
            Map.entry(
                    "threads that read the pages of pods through clusters",
                    Row.of(
                            "%n (%n of them for one job, %n for one folder)",
                            CLIENTS + "MAX_READERS",
                            CLIENTS + "READERS_OF_A_JOB",
                            CLIENTS + "READERS_OF_A_TOP")),
            Map.entry(
                    "call to an agent",
                    Row.of(
                            "%t, of one that starts, stops or removes a program %t",
                            "config.AgentCalls.LIMIT",
                            "steps.AgentCommand.LAUNCH")),
            Map.entry(
                    "calls to agents under way",
                    Row.of(
                            "%n in all (%n of them for one job, %n for one folder), %n to one agent (%n while 32 are under way)",
                            "config.AgentThreads.MAX_CALLS",
                            "config.AgentThreads.CALLS_OF_A_JOB",
                            "config.AgentThreads.CALLS_OF_A_TOP",
                            "config.NodeCalls.MAX_CALLS",
                            "config.NodeCalls.MAX_CALLS_OF_MANY")),
            Map.entry(
                    "manifests of more than 128 KiB that are read and parsed, and objects of more than 256 KiB that are sent, by `mlProvision`",
                    Row.of("%n of each at a time; the others wait, and jobs and folders take turns", "provision.manifests.ManifestTurns.AT_A_TIME")),
            Map.entry(
                    "threads that read pages of the looks of all jobs, and that resolve the names of metrics servers, clusters and registries",
                    Row.of(
                            "%n (%n of them for one job, %n for one folder), %n (%n, %n)",
                            "verify.source.SharedReads.MAX_READERS",
                            "verify.source.SharedReads.READERS_OF_A_JOB",
                            "verify.source.SharedReads.READERS_OF_A_TOP",
                            "verify.source.SharedReads.MAX_RESOLVERS",
                            "verify.source.SharedReads.RESOLVERS_OF_A_JOB",
                            "verify.source.SharedReads.RESOLVERS_OF_A_TOP")),
            Map.entry("secret file", Row.of("%b", "config.RunCredentials.LARGEST_FILE")),
            Map.entry(
                    "asking a registry what a tag names",
                    Row.of("%t, %n attempts", "image.TagDigests.TIME", "image.TagDigests.ATTEMPTS")),
            Map.entry("token, or value of a secret header", Row.of("%b", "delivery.HeaderValues.MAX_LENGTH")),
            Map.entry(
                    "text in the log, in an error or in a result",
                    Row.of("%n characters", "delivery.Printable.MAX_LENGTH")),
            Map.entry(
                    "kubeconfig",
                    Row.of(
                            "%b, %n secrets of its users",
                            "delivery.yaml.YamlLimits.KUBECONFIG.maxLength",
                            "delivery.kubernetes.KubeconfigSecrets.MAX_SECRETS")),
            Map.entry(
                    "secrets of a build that are searched for; with more of them each text is masked as a whole",
                    Row.of("%n, %b together", "delivery.KnownSecrets.MAX_SECRETS", "delivery.KnownSecrets.MAX_LENGTH")),
            Map.entry(
                    "secret that is searched for in hexadecimal and in Base64 as well; of a longer one only the whole and its lines are",
                    Row.of("%b", "delivery.SecretForms.MAX_ENCODED")),
            Map.entry(
                    "manifest file",
                    Row.of(
                            "%b; with `mlDeployModel`, which keeps it, %b and %n values",
                            "delivery.yaml.YamlLimits.MANIFESTS.maxLength",
                            "delivery.yaml.YamlLimits.MODEL.maxLength",
                            "delivery.yaml.YamlLimits.MODEL.maxNodes")),
            Map.entry(
                    "certificates of authorities, of a server or a cluster",
                    Row.of(
                            "%b, %n",
                            "verify.source.PemBlocks.MAX_LENGTH",
                            "delivery.kubernetes.ClientKey.MAX_CERTIFICATES")),
            Map.entry("checks of a step", Row.of("%n", "verify.VerifyMetricsChecks.MAX_CHECKS")),
            Map.entry(
                    "objects of all manifests of a step",
                    Row.of("%n", "delivery.kubernetes.ManifestReader.MAX_OBJECTS")),
            Map.entry(
                    "ConfigMaps and Secrets that a model's pods read",
                    Row.of("%n", "deploy.targets.PodConfig.MAX_REFERENCES")),
            Map.entry(
                    "old pod template that is kept on a Deployment",
                    Row.of(
                            "%b, %n levels; JSON only",
                            "deploy.targets.KeptTemplate.MAX_LENGTH",
                            "deploy.targets.KeptTemplate.MAX_DEPTH")),
            Map.entry(
                    "answer of a cluster",
                    Row.of(
                            "%b, %n values, as an object %b of memory; to `mlProvision` for %n objects of all runs at a time %b, whatever memory they take",
                            ANSWERS + "OBJECT_BYTES",
                            ANSWERS + "VALUES",
                            ANSWERS + "OBJECT_MEMORY",
                            "provision.manifests.ManifestTurns.AT_A_TIME",
                            ANSWERS + "ANSWER_BYTES")),
            Map.entry(
                    "list of a cluster, in pages",
                    Row.of(
                            "%b, %n values, %t; an object of it %b of memory while it is looked at, and what is kept of all %b",
                            ANSWERS + "LIST_BYTES",
                            ANSWERS + "LIST_VALUES",
                            ANSWERS + "LIST",
                            ANSWERS + "ITEM_MEMORY",
                            ANSWERS + "LIST_KEPT")),
            Map.entry("call to a cluster, with its repetitions", Row.of("%t", ANSWERS + "CALL")),
            Map.entry(
                    "answer of a Prometheus server",
                    Row.of(
                            "%b, %n series, %n samples; read as a stream",
                            READS + "MAX_ANSWER_BYTES",
                            READS + "MAX_SERIES",
                            READS + "MAX_SAMPLES")),
            Map.entry("metrics page", Row.of("%b", READS + "MAX_PAGE_BYTES")),
            Map.entry(
                    "what one look at the metrics keeps in memory",
                    Row.of(
                            "%b, and for %n of all looks at a time %b",
                            READS + "MAX_SMALL_LOOK_BYTES",
                            READS + "MAX_LARGE_LOOKS",
                            READS + "MAX_LOOK_BYTES")),
            Map.entry(
                    "how long such a look keeps its place while another job, which has fewer, waits for one",
                    Row.of("%t", READS + "MAX_LARGE_TIME")),
            Map.entry(
                    "series that a check remembers of a track from look to look, histograms among them, and series whose age a wait remembers",
                    Row.of(
                            "%n, %n, %n",
                            "verify.Counters.MAX_SERIES",
                            "verify.HistogramTicks.MAX_SERIES",
                            "verify.source.TargetFacts.MAX_REMEMBERED")),
            Map.entry(
                    "plan of Terraform as JSON",
                    Row.of("%b, read as a stream", "provision.terraform.JsonFeed.MAX_DOCUMENT")),
            Map.entry(
                    "plans and outputs of Terraform that take more than 4 MiB, or more than one look, to be read",
                    Row.of(
                            "%n at a time (%n of them for one job, %n for one folder), up to %t each; the others wait",
                            "steps.PlanPlaces.MAX",
                            "steps.PlanPlaces.OF_A_JOB",
                            "steps.PlanPlaces.OF_A_TOP",
                            "steps.ToolOutput.READING")),
            Map.entry("line of a tool's output that is read", Row.of("%b", "delivery.Lines.MAX_LINE")),
            Map.entry("files of a model", Row.of("%n", "image.ModelWalk.MAX_FILES")),
            Map.entry("manifest or configuration of an image", Row.of("%b", "image.registry.Call.MAX_KEPT")),
            Map.entry(
                    "image that the playground's cluster unpacks",
                    Row.of(
                            "%b and half of what is free on the disk, %n files",
                            "playground.LayerUnpacker.MAX_BYTES",
                            "playground.LayerUnpacker.MAX_ENTRIES")),
            Map.entry(
                    "request to the playground",
                    Row.of(
                            "%b to its API server, %b to its registry, 64 KiB of a header, 2 minutes",
                            "playground.kube.ApiServer.MAX_BODY",
                            "playground.registry.EmbeddedRegistry.MAX_BLOB")));

    private static final Map<String, Row> METRICS = Map.ofEntries(
            Map.entry(
                    "answer of a Prometheus server",
                    Row.of(
                            "%b, %n series, %n samples, %n levels",
                            READS + "MAX_ANSWER_BYTES",
                            READS + "MAX_SERIES",
                            READS + "MAX_SAMPLES",
                            READS + "MAX_DEPTH")),
            Map.entry(
                    "metrics page",
                    Row.of(
                            "%b; a line of a metric that is asked for %b",
                            READS + "MAX_PAGE_BYTES",
                            READS + "MAX_LINE_BYTES")),
            Map.entry("pages of a track", Row.of("%n, %n at a time", READS + "MAX_PAGES", READS + "MAX_OPEN_PAGES")),
            Map.entry("an error, or an answer of a token endpoint", Row.of("%b", READS + "MAX_SMALL_ANSWER_BYTES")),
            Map.entry(
                    "status and headers of an answer",
                    Row.of("%b, %n interim answers", HTTP + "MAX_HEAD_BYTES", HTTP + "MAX_INTERIM")),
            Map.entry(
                    "labels of a series",
                    Row.of("%n, each of %n characters", READS + "MAX_LABELS", READS + "MAX_LABEL_LENGTH")),
            Map.entry(
                    "buckets of a histogram",
                    Row.of(
                            "%n; of all histograms of a track %n, with %n different bounds",
                            READS + "MAX_BUCKETS",
                            READS + "MAX_TRACK_BUCKETS",
                            READS + "MAX_BOUNDS")),
            Map.entry("query", Row.of("%n characters", READS + "MAX_QUERY_LENGTH")),
            Map.entry("label matchers", Row.of("%n characters", READS + "MAX_MATCHERS_LENGTH")),
            Map.entry("URL", Row.of("%n characters", READS + "MAX_URL_LENGTH")),
            Map.entry("finding the address of a server", Row.of("%t", READS + "MAX_RESOLVE")),
            Map.entry("connecting to one address", Row.of("%t", HTTP + "MAX_CONNECT")),
            Map.entry(
                    "how far the clock of a server or a pod may be from this machine's",
                    Row.of("%t", READS + "MAX_CLOCK_DIFFERENCE")),
            Map.entry(
                    "what one look keeps in memory",
                    Row.of(
                            "%b, and for %n of all looks at a time %b",
                            READS + "MAX_SMALL_LOOK_BYTES",
                            READS + "MAX_LARGE_LOOKS",
                            READS + "MAX_LOOK_BYTES")),
            Map.entry(
                    "how long such a look keeps its place while another job, which has fewer, waits for one",
                    Row.of("%t", READS + "MAX_LARGE_TIME")));

    @Test
    public void limitsAreThoseOfTheCode() throws Exception {
        DocumentedLimits.compare("docs/security.md", "## Limits", SECURITY);
    }

    @Test
    public void limitsOfMetricsAreThoseOfTheCode() throws Exception {
        DocumentedLimits.compare("docs/reference/verify-metrics.md", "## Limits", METRICS);
    }
}
