import com.sun.management.OperatingSystemMXBean;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.Deployer;
import io.jenkins.plugins.mldelivery.deploy.Phase;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Many rollouts in flight in one process, driven as in Jenkins (a bounded pool, tick by tick, woken by the watches), against an API server in another process. Prints a Markdown table.
 *
 * <p>Arguments: rollouts, namespaces, threads of the pool, most watches, seconds to hold them in analysis.
 */
public final class RolloutsBenchmark {
    private static final String TOKEN = "bench";
    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final int count;
    private final int namespaces;
    private final int seconds;
    private final int baseThreads = THREADS.getThreadCount();
    private final ScheduledThreadPoolExecutor pool;
    private final ClusterConnections connections;
    private final ClusterAccess access;
    private volatile boolean released;

    private RolloutsBenchmark(String[] args, String url) {
        count = Integer.parseInt(args[0]);
        namespaces = Integer.parseInt(args[1]);
        pool = new ScheduledThreadPoolExecutor(Integer.parseInt(args[2]));
        pool.setRemoveOnCancelPolicy(true);
        connections = new ClusterConnections(Integer.parseInt(args[3]));
        seconds = Integer.parseInt(args[4]);
        access = ClusterAccess.server(url, null, SecretText.of(TOKEN));
    }

    public static void main(String[] args) throws Exception {
        Process server = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java", "-Dsun.net.httpserver.nodelay=true", "-Dsun.net.httpserver.maxIdleConnections=1000", "-cp",
                        System.getProperty("java.class.path"), "io.jenkins.plugins.mldelivery.playground.kube.PodlessCluster", TOKEN, args[1])
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String url = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8)).readLine();
            new RolloutsBenchmark(args, url).run();
        } finally {
            server.destroy();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        // The first versions, which warm the process up as well.
        rollAll("v1", true, "installed");
        long before = heap();
        THREADS.resetPeakThreadCount();

        List<Driven> all = begin("v2");
        long start = System.nanoTime();
        await(all, d -> d.asked);
        double untilHeld = since(start);
        long held = heap();
        long cpu = PROCESS.getProcessCpuTime();
        long ticks = all.stream().mapToLong(d -> d.ticks).sum();
        start = System.nanoTime();
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        double heldFor = since(start);
        double heldCores = (PROCESS.getProcessCpuTime() - cpu) / 1e9 / heldFor;
        double heldTicks = (all.stream().mapToLong(d -> d.ticks).sum() - ticks) / heldFor;
        boolean stillHeld = all.stream().allMatch(d -> d.deploy.state().phase() == Phase.ANALYSING && d.deploy.watched());

        cpu = PROCESS.getProcessCpuTime();
        start = System.nanoTime();
        released = true;
        all.forEach(d -> d.tickIn(Duration.ZERO));
        await(all, d -> d.result != null);
        double through = since(start);
        double throughCores = (PROCESS.getProcessCpuTime() - cpu) / 1e9 / through;
        int peak = THREADS.getPeakThreadCount() - baseThreads;
        long right = all.stream().filter(d -> (d.good ? "promoted" : "rolledBack").equals(d.result.result())).count();
        long bad = all.stream().filter(d -> !d.good).count();

        row("rollouts in flight, in " + namespaces + " namespaces", String.valueOf(count), "1,000");
        row("threads at most (pool, HTTP client, connections)", String.valueOf(peak), "≤ 32");
        row("heap kept for a rollout in analysis", String.format(Locale.ROOT, "%.1f KiB", (held - before) / 1024.0 / count), "≤ 64 KiB");
        row("CPU while all are held in analysis", String.format(Locale.ROOT, "%.2f cores, %.0f ticks/s", heldCores, heldTicks), "≤ 1 core");
        row("all still held and watched after " + seconds + " s", stillHeld ? "yes" : "no", "yes");
        row("CPU from the verdicts, all at once, to the last end", String.format(Locale.ROOT, "%.2f cores for %.1f s", throughCores, through), "≤ 1 core");
        row("from the start of all to the last one in analysis", String.format(Locale.ROOT, "%.1f s", untilHeld), "");
        row("ended as their gate said", right + " (" + bad + " of them rolled back)", "all");
        System.out.println();
        System.out.println("Threads by name at the end: " + threads());
    }

    private static void row(String what, String figure, String target) {
        System.out.println("| " + what + " | " + figure + " | " + target + " |");
    }

    private static String threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .collect(Collectors.groupingBy(t -> t.getName().replaceAll("[0-9]+", "#"), TreeMap::new, Collectors.counting())).toString();
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private void rollAll(String version, boolean open, String wanted) throws Exception {
        List<Driven> all = begin(version);
        await(all, d -> d.result != null);
        long others = all.stream().filter(d -> !wanted.equals(d.result.result())).count();
        if (others > 0) {
            throw new AssertionError(others + " are not " + wanted);
        }
    }

    private List<Driven> begin(String version) throws Exception {
        List<Driven> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Driven(i, version));
        }
        all.forEach(d -> d.tickIn(Duration.ZERO));
        return all;
    }

    private static void await(List<Driven> all, java.util.function.Predicate<Driven> done) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!all.stream().allMatch(done)) {
            for (Driven d : all) {
                if (d.failure != null) {
                    throw new AssertionError(d.failure);
                }
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("it does not end; " + all.stream().collect(Collectors.groupingBy(d -> d.deploy.state().phase(), Collectors.counting())));
            }
            Thread.sleep(50);
        }
    }

    /** One rollout, driven as TickingExecution and DeployModelExecution do. */
    private final class Driven {
        private final DeployModel deploy;
        private final boolean good;
        private String saved;
        private volatile boolean asked;
        private volatile long ticks;
        private volatile DeployModelResult result;
        private volatile Throwable failure;
        private Future<?> next;
        private boolean running;
        private boolean again;

        Driven(int number, String version) throws Exception {
            good = number % 5 != 0;
            DeployModelRequest d = DeployModelRequest.of("model-" + number, "registry.test/ml/model:" + version);
            DeployModelRequest request = new DeployModelRequest(
                    d.name(), "ns" + number % namespaces, d.image(), d.pods(), d.model(), new Strategy.Canary(List.of(50), "0s", null), d.traffic(), d.pause(), d.onConcurrent(),
                    d.dryRun(), d.requireDigest(), d.progressDeadline(), d.timeout());
            Environment environment = new Environment(
                    (command, lines) -> {
                        throw new AssertionError("no program is run here");
                    },
                    Clock.system(), Secrets.none(), EventSink.none());
            deploy = new DeployModel(request, connections, access, null, new Deployer("bench build " + number, KeyedHash.withKey(new byte[32])), state -> saved = state.toJson(), environment);
            deploy.onChange(() -> tickIn(Duration.ZERO));
        }

        private Duration tick() throws Exception {
            ticks++;
            Gate.Answer answer = null;
            if (deploy.state().phase() == Phase.ANALYSING && asked) {
                answer = !released
                        ? Gate.Answer.pending("the body is running", Duration.ofSeconds(deploy.watched() ? 15 : 2))
                        : Gate.Answer.of(good ? Verdict.PASS : Verdict.FAIL, "as the benchmark says");
            }
            DeployModel.Tick tick = deploy.tick(answer);
            if (tick.question() != null) {
                asked = true;
            }
            if (tick.result() != null) {
                deploy.close();
                result = tick.result();
            }
            return tick.nextTick();
        }

        synchronized void tickIn(Duration delay) {
            if (result != null || failure != null) {
                return;
            }
            if (running) {
                again = true;
                return;
            }
            if (next != null) {
                next.cancel(false);
            }
            next = pool.schedule(this::go, delay.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void go() {
            synchronized (this) {
                if (running) {
                    return;
                }
                running = true;
                again = false;
            }
            Duration wait = Duration.ZERO;
            try {
                wait = tick();
            } catch (Exception | Error e) {
                failure = e;
            } finally {
                synchronized (this) {
                    running = false;
                    tickIn(again ? Duration.ZERO : wait);
                }
            }
        }
    }
}
