package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.playground.PenguinRequests;
import io.jenkins.plugins.mldelivery.playground.Playground;
import io.jenkins.plugins.mldelivery.playground.traffic.LoadGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.rules.ExternalResource;

/** A playground with requests to the model's Service, and the repository's examples made to fit its ports. Outlives the restarts of a Jenkins session. */
public final class PlaygroundRule extends ExternalResource {
    private static final int REQUESTS_PER_SECOND = 200;

    private Playground playground;
    private LoadGenerator load;

    @Override
    protected void before() throws IOException {
        playground = Playground.start();
        load = new LoadGenerator(this::target, PenguinRequests.bodies(), REQUESTS_PER_SECOND);
    }

    @Override
    protected void after() {
        load.close();
        playground.close();
    }

    private String target() {
        String url = playground.serviceUrl("ml", "penguins");
        return url == null ? null : url + "/v2/models/penguins/infer";
    }

    Playground playground() {
        return playground;
    }

    /** A file of docs/examples with the playground's real addresses and logins. */
    public String example(String file) throws IOException {
        return fit(Files.readString(Repository.root().resolve("docs/examples").resolve(file)));
    }

    /** A text with the playground's real addresses and logins, and with an alpha at which chance fails a good model in hardly any run of the tests. */
    public String fit(String text) {
        return text.replace("127.0.0.1:5001", playground.registry())
                .replace("http://127.0.0.1:6443", playground.server())
                .replace("${PLAYGROUND_TOKEN}", playground.logins().token().reveal())
                .replace("${PLAYGROUND_REGISTRY_USERNAME}", playground.logins().registry().username())
                .replace("${PLAYGROUND_REGISTRY_PASSWORD}", playground.logins().registry().secret().reveal())
                .replace("errorRate(margin: 3,", "errorRate(alpha: 0.0001, margin: 3,");
    }

    /** The folder of the examples, absolute. */
    public Path examples() {
        return Repository.root().resolve("docs/examples").toAbsolutePath();
    }
}
