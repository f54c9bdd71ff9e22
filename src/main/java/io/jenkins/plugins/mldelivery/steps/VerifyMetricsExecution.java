package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.verify.MetricsGate;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsReport;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsResult;
import io.jenkins.plugins.mldelivery.verify.VerifyState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A running <code>mlVerifyMetrics</code>: one look at a tick, its evidence persisted after each, so that a restart loses nothing. */
final class VerifyMetricsExecution extends TickingExecution {
    private static final long serialVersionUID = 1L;

    private final VerifyMetricsStep step;
    /** JSON form of the evidence; null before the first look. */
    private volatile String evidence;

    /** Where the requests are sent from; null for the controller, and before the first look. */
    private volatile AgentPlace place;

    private transient VerifyMetrics verification;
    private transient AgentLooks agent;
    private transient DeployModel rollout;

    VerifyMetricsExecution(StepContext context, VerifyMetricsStep step) {
        super(context);
        this.step = step;
    }

    @Override
    Duration tick() throws Exception {
        if (stopCause() != null) {
            if (agent != null) {
                agent.cancel();
            }
            fail(stopCause());
            return Duration.ZERO;
        }
        RolloutContext around = getContext().get(RolloutContext.class);
        VerifyMetricsResult unseen = around == null ? null : unseen(around.facts());
        if (unseen != null) {
            environment(new RunCredentials(build())).info(Event.Stage.VERIFY, unseen.reason());
            Instant now = Instant.now();
            finish(new VerifyMetricsReport(unseen, now, now));
            return Duration.ZERO;
        }
        if (verification == null) {
            verification = open(around);
        }
        VerifyState state = evidence == null ? verification.start(Instant.now()) : VerifyState.fromJson(evidence);
        if (evidence == null && agent != null) {
            // The wait has begun, although its first look takes more than this tick.
            evidence = state.toJson();
        }
        VerifyState after = agent == null ? abortable().run(() -> verification.read(state)) : agent.look(state);
        if (after == null) {
            return agent.nextTick();
        }
        // It is kept, so what servers have said is without secrets.
        VerifyMetrics.Look look = verification.told(state, after.masked(known()));
        if (look.result() == null) {
            evidence = look.state().toJson();
            persist();
            return look.nextLook();
        }
        finish(new VerifyMetricsReport(look.result(), look.state().started(), Instant.now()));
        return Duration.ZERO;
    }

    /** The result where there is nothing to look at, else null. */
    private VerifyMetricsResult unseen(RolloutFacts facts) throws Exception {
        if (!facts.hasTraffic()) {
            return new VerifyMetricsResult(Verdict.PASS, MetricsGate.NO_TRAFFIC, List.of());
        }
        boolean unjudged = facts.alone() && step.request().alone().checks().isEmpty();
        return unjudged ? new VerifyMetricsResult(Verdict.INCONCLUSIVE, step.request().unjudgedAlone(), List.of()) : null;
    }

    private VerifyMetrics open(RolloutContext around) throws Exception {
        checkReport("reportJson", step.getReportJson());
        checkReport("reportJunit", step.getReportJunit());
        RunCredentials credentials = new RunCredentials(build());
        VerifyMetricsRequest request = step.request();
        request.checkShared();
        TrackMetrics pods = null;
        if (around != null) {
            if (around.facts().alone()) {
                if (!request.leftOutAlone().isEmpty()) {
                    environment(credentials).info(Event.Stage.VERIFY, request.leftOutAlone());
                }
                request = request.alone();
            }
            if (!around.facts().compares()) {
                request.checkAlone();
            }
            request = request.within(around.facts());
            if (request.prometheus() == null && request.scrapeCanary().isEmpty()) {
                // Only reads the pods; the lease and the rollout are the surrounding step's.
                rollout = around.inputs().reading(this);
                pods = around.facts().alone() ? TrackMetrics.inPlace(rollout.podMetrics()) : rollout.podMetrics();
            }
        }
        Environment environment = environment(credentials);
        VerifyMetrics opened = around == null
                ? new VerifyMetrics(request, pods, environment, DeliveryConnections.reads(build()))
                : VerifyMetrics.inRollout(request, pods, environment, DeliveryConnections.reads(build()), around.facts().steps());
        if (RequestsFrom.of("requestsFrom", step.getRequestsFrom()) == RequestsFrom.AGENT) {
            agent = onAgent(opened, request, around == null ? 0 : around.facts().steps(), environment);
        }
        return opened;
    }

    private AgentLooks onAgent(VerifyMetrics opened, VerifyMetricsRequest request, int steps, Environment environment) throws IOException, InterruptedException, DeliveryException {
        if (request.prometheus() == null && request.scrapeCanary().isEmpty()) {
            throw DeliveryException.invalid(
                    "requestsFrom", "the pods are read through the Kubernetes API, which the controller asks", "Give prometheus, or scrapeCanary and scrapeStable, or leave it out.");
        }
        place = place == null ? AgentPlace.of(getContext()) : place;
        if (place == null) {
            throw DeliveryException.invalid("requestsFrom", "there is no agent around the step", "Call the step inside node, or leave it out.");
        }
        GivenSecrets secrets = GivenSecrets.of(request, environment.secrets());
        return new AgentLooks(place, opened, request, steps, secrets, DeliveryThreads.owner(build()));
    }

    private void finish(VerifyMetricsReport found) throws IOException, InterruptedException, DeliveryException {
        VerifyMetricsResult result = found.result().masked(known());
        VerifyMetricsReport report = new VerifyMetricsReport(result, found.started(), found.ended());
        write("reportJson", step.getReportJson(), report.toJson());
        write("reportJunit", step.getReportJunit(), report.toJUnit(step.getOnInconclusive()));
        boolean inconclusive = result.verdict() == Verdict.INCONCLUSIVE;
        List<String> unstable = new ArrayList<>();
        if (inconclusive && "unstable".equals(step.getOnInconclusive())) {
            unstable.add(Messages.VerifyMetricsExecution_Inconclusive(result.reason()));
        }
        // A warning is one as well when the step fails, which a script may catch.
        result.warnings().forEach(warning -> unstable.add(Messages.VerifyMetricsExecution_Warning(warning.name(), warning.reason())));
        if (!unstable.isEmpty()) {
            unstable(String.join(". ", unstable));
        }
        if (result.verdict() == Verdict.FAIL) {
            fail(new AbortException(Messages.VerifyMetricsExecution_Failed(result.reason())));
        } else if (inconclusive && "fail".equals(step.getOnInconclusive())) {
            fail(new AbortException(Messages.VerifyMetricsExecution_Inconclusive(result.reason())));
        } else {
            RolloutContext around = getContext().get(RolloutContext.class);
            if (around != null) {
                around.found((inconclusive ? "inconclusive: " : "") + result.reason());
            }
            succeed(result.toMap());
        }
    }

    /** Only around it the rollout has a model that it could be about. */
    @Override
    String subject() throws IOException, InterruptedException {
        RolloutContext around = getContext().get(RolloutContext.class);
        return around == null ? null : around.inputs().step().getName();
    }

    /** Before the first look, since the file is written after the last one. */
    private void checkReport(String parameter, String file) throws IOException, InterruptedException, DeliveryException {
        if (file != null) {
            WorkspaceReport.check(workspace(parameter), parameter, file);
        }
    }

    /** Into the workspace. */
    private void write(String parameter, String file, String text) throws IOException, InterruptedException, DeliveryException {
        if (file == null) {
            return;
        }
        WorkspaceReport.write(workspace(parameter), parameter, file, text);
    }

    private FilePath workspace(String parameter) throws IOException, InterruptedException, DeliveryException {
        FilePath workspace = getContext().get(FilePath.class);
        if (workspace == null) {
            throw DeliveryException.invalid(parameter, "there is no workspace to write a file to", "Call the step inside node, or leave the parameter out.");
        }
        return workspace;
    }

    @Override
    void release() {
        verification = null;
        if (agent != null) {
            AgentLooks over = agent;
            agent = null;
            over.cancel();
        }
        if (rollout != null) {
            DeployModel over = rollout;
            rollout = null;
            over.close();
        }
    }

    @Override
    public String getStatus() {
        return evidence == null ? "not yet looked" : "watching metrics";
    }
}
