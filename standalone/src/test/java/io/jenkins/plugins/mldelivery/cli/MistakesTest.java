package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertFalse;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What was probably meant is said, and what was written wrongly is named, not what is missing for that reason. */
public class MistakesTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folder() {
        cli = new Cli(temporary.getRoot().toPath());
    }

    @Test
    public void optionsThatThereAreNone() {
        told("Unknown option: '--step'. Did you mean --steps? 'ml-delivery deploy-model --help' shows ", "deploy-model", "--name", "a", "--image", "a:1", "--step", "25");
        told("Unknown option: '--dryrun'. Did you mean --dry-run? ", "deploy-model", "--name", "a", "--image", "a:1", "--dryrun");
        told("Unknown option: '--verify-timout'. Did you mean --verify-timeout? ", "deploy-model", "--name", "a", "--image", "a:1", "--verify-timout=1m");
        told("Unknown option: '--no-resolve-tags'. Did you mean --no-resolve-tag? ", "deploy-model", "--name", "a", "--image", "a:1", "--no-resolve-tags");
        told("Unknown option: '--frobnicate'. 'ml-delivery ", "verify-metrics", "--frobnicate");
        told("Unknown option: '--candidat'. Did you mean --candidate? ", "demo", "--candidat", "good");
        told("Unknown option: '--lod'. Did you mean --load? ", "playground", "--lod", "5");
        told("Unknown option: '--verison'. Did you mean --version? ", "--verison");
    }

    @Test
    public void aRequiredOptionThatIsMisspelt() {
        told("Unknown option: '--modle'. Did you mean --model? ", "build-image", "--modle", "x", "--image", "a");
        told("Unknown option: '--nam'. Did you mean --name? ", "deploy-model", "--nam", "penguins", "--image", "a:1");
        told("Unknown option: '--nam'. Did you mean --name? ", "deploy-model", "--nam=penguins", "--image", "a:1", "--no-resolve-tag");
        told("Unknown option: '--dirs'. Did you mean --dir? ", "provision", "--dirs", "a");
        told("Missing required option: '--name=<name>'", "deploy-model", "--image", "a:1", "--no-resolve-tag", "--env", "A=-b");
    }

    @Test
    public void commandsThatThereAreNone() {
        told("there is no command 'buildimage'. Did you mean build-image? 'ml-delivery --help' shows ", "buildimage", "--model", "x");
        told("there is no command 'deploy'. Did you mean deploy-model? ", "deploy");
        told("there is no command 'buildimage'. Did you mean build-image? ", "help", "buildimage");
        told("Name a command: demo, playground, build-image, provision, deploy-model or verify-metrics; in a clone also test. ");
        told("there is no command 'frobnicate'. 'ml-delivery --help' shows ", "frobnicate");
    }

    @Test
    public void wordsOfAChoice() {
        String[] deploy = {"deploy-model", "--name", "a", "--image", "a:1"};
        told("--strategy: 'blue' is not known. Did you mean 'blueGreen'? Choose one of: canary, ", deploy, "--strategy", "blue");
        told("--traffic: 'istoi' is not known. Did you mean 'istio'? Choose one of: ", deploy, "--traffic", "istoi");
        told("--on-concurrent: 'takeover' is not known. Did you mean 'takeOver'? Choose one of: ", deploy, "--on-concurrent", "takeover");
        told("--pause: 'promotoin' is not known. Did you mean 'promotion'? Choose one of: ", deploy, "--pause", "promotoin");
        told("--runtime: 'trition' is not known. Did you mean 'triton'? Choose one of: ", deploy, "--runtime", "trition");
        told("--autoscale: autoscale has no parameter 'mni'. Did you mean 'min'? Choose one of: ", deploy, "--autoscale", "mni: 2");
        told("--tool: 'tofo' is none of auto, kubernetes, terraform, tofu. Did you mean 'tofu'? ", "provision", "--dir", ".", "--tool", "tofo");
        String[] verify = {"verify-metrics", "--prometheus", "http://127.0.0.1:1", "--checks"};
        told("--checks: errorRate has no parameter 'margn'. Did you mean 'margin'? Choose one of: ", verify, "errorRate: {margn: 3}");
        told("--checks: 'errorate' is none of distribution, errorRate, expression, gauge, latency, threshold. Did you mean 'errorRate'? Write it like ", verify, "errorate");
        told("--checks: importance: 'dryrun' is none of critical, warning, dryRun. Did you mean 'dryRun'? Give ", verify, "errorRate: {importance: dryrun}");
        told("--on-inconclusive: 'fial' is none of fail, pass, unstable. Did you mean 'fail'? Give ", verify, "errorRate", "--on-inconclusive", "fial");
        told("--on-partial: 'acept' is none of inconclusive, accept. Did you mean 'accept'? Give ", verify, "errorRate", "--on-partial", "acept");
        told("Invalid value for option '--candidate': expected good, bad or both but was 'god'. Did you mean 'good'? ", "demo", "--candidate", "god");
    }

    @Test
    public void whatStandsBehindAnUnknownOptionIsNotQuoted() {
        String error = cli.fails(Kind.INVALID_INPUT, "Unknown option: '--token'. ", "verify-metrics", "--token=s3cret");
        assertFalse(error, error.contains("s3cret"));
        error = cli.fails(Kind.INVALID_INPUT, "Unknown option: '--token'. ", "verify-metrics", "--token", "s3cret");
        assertFalse(error, error.contains("s3cret"));
    }

    private void told(String beginning, String[] args, String... more) {
        String[] all = java.util.stream.Stream.of(args, more).flatMap(java.util.Arrays::stream).toArray(String[]::new);
        cli.fails(Kind.INVALID_INPUT, beginning, all);
    }

    private void told(String beginning, String... args) {
        cli.fails(Kind.INVALID_INPUT, beginning, args);
    }
}
