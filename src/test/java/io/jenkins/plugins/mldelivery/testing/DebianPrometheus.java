package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.image.Programs;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The real server of the Debian package prometheus, as a process of its own on a free port of loopback, scraping every second. */
public final class DebianPrometheus implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Path log;

    private DebianPrometheus(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts it in a folder.
     *
     * @param targets <code>host:port/path</code> of each metrics page, by the value of the label <code>track</code> that its series get
     */
    public static DebianPrometheus start(Path folder, Map<String, String> targets) throws IOException, InterruptedException {
        return start(folder, targets, Map.of());
    }

    /**
     * The same with recording rules, evaluated every second.
     *
     * @param rules expressions by the name of what they record
     */
    public static DebianPrometheus start(Path folder, Map<String, String> targets, Map<String, String> rules) throws IOException, InterruptedException {
        List<Job> jobs = new ArrayList<>();
        new TreeMap<>(targets).forEach((track, target) -> jobs.add(new Job(track, target, Map.of("track", track))));
        return start(folder, jobs, rules);
    }

    /**
     * A scrape job.
     *
     * @param target <code>host:port/path</code> of the metrics page
     * @param labels that its series get
     */
    public record Job(String name, String target, Map<String, String> labels) {}

    /** The same with the jobs as they are. */
    public static DebianPrometheus start(Path folder, List<Job> jobs, Map<String, String> rules) throws IOException, InterruptedException {
        Programs.require("prometheus", "prometheus");
        StringBuilder recorded = new StringBuilder("groups:\n- name: recorded\n  rules: [");
        rules.forEach((name, expression) -> recorded.append("{record: '").append(name).append("', expr: '").append(expression).append("'},"));
        Files.writeString(folder.resolve("rules.yml"), recorded.append("]\n"));
        StringBuilder config = new StringBuilder("global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\nscrape_configs:\n");
        for (Job job : jobs) {
            String target = job.target();
            config.append("- job_name: ").append(job.name()).append("\n  metrics_path: ").append(target.substring(target.indexOf('/')))
                    .append("\n  static_configs: [{targets: ['").append(target, 0, target.indexOf('/')).append("'], labels: {");
            new TreeMap<>(job.labels()).forEach((name, value) -> config.append(name).append(": '").append(value).append("', "));
            config.append("}}]\n");
        }
        Path file = Files.writeString(folder.resolve("prometheus.yml"), config);
        Path log = folder.resolve("log");
        int port = LoopbackServer.closedPort();
        Process process = new ProcessBuilder(List.of(
                        "prometheus", "--config.file=" + file, "--storage.tsdb.path=" + folder.resolve("data"), "--web.listen-address=127.0.0.1:" + port, "--log.level=warn"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        DebianPrometheus prometheus = new DebianPrometheus(process, port, log);
        prometheus.awaitUp();
        return prometheus;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> process.destroyForcibly()).join();
    }

    private void awaitUp() throws IOException, InterruptedException {
        for (int i = 0; i < 400 && process.isAlive(); i++) {
            try {
                HttpURLConnection connection = (HttpURLConnection) URI.create(url() + "/-/ready").toURL().openConnection();
                int status = connection.getResponseCode();
                connection.disconnect();
                if (status == HttpURLConnection.HTTP_OK) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            }
            Thread.sleep(50);
        }
        close();
        throw new IOException("prometheus did not start: " + Files.readString(log));
    }
}
