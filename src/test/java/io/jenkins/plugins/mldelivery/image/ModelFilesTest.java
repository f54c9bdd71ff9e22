package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeFalse;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class ModelFilesTest {
    private static final String MLMODEL = "artifact_path: model\nflavors:\n  python_function:\n    env: {conda: conda.yaml, virtualenv: python_env.yaml}\n    loader_module: mlflow.sklearn\n"
            + "signature:\n  inputs: '[{\"type\": \"double\", \"name\": \"x\"}]'\nutc_time_created: '2026-01-01 00:00:00'\n";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path workspace;
    private Path model;
    private Path outside;

    @Before
    public void folders() throws Exception {
        workspace = temporary.newFolder("ws").toPath().toRealPath();
        outside = temporary.newFolder("outside").toPath().toRealPath();
        Files.writeString(outside.resolve("secret.bin"), "secret");
        model = Files.createDirectories(workspace.resolve("model"));
        Files.writeString(model.resolve("model.onnx"), "weights");
    }

    private ModelFiles scan(String path, String... include) throws DeliveryException, InterruptedException {
        return scan(WorkspaceBorder.inside(workspace), path, Duration.ofMinutes(1), include);
    }

    private static ModelFiles scan(WorkspaceBorder border, String path, Duration time, String... include) throws DeliveryException, InterruptedException {
        return ModelFiles.scan(border, path, new PackingRules(List.of(include)), new Deadline(Clock.system(), time, "a while"));
    }

    private static List<String> names(ModelFiles files) {
        return files.entries().stream().map(ModelFiles.Entry::name).toList();
    }

    private DeliveryException refused(String path) {
        DeliveryException e = assertThrows(path, DeliveryException.class, () -> scan(path));
        assertEquals("model", e.parameter());
        assertEquals(e.getMessage(), Kind.INVALID_INPUT, e.kind());
        return e;
    }

    private static void mkfifo(Path path) throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    }

    @Test
    public void aModelThatIsALinkOutOfTheWorkspaceIsRefused() throws Exception {
        Files.createSymbolicLink(workspace.resolve("linked"), outside);
        Files.createSymbolicLink(workspace.resolve("linked.bin"), outside.resolve("secret.bin"));
        for (String path : List.of("linked", "linked.bin", "linked/secret.bin", outside.toString(), "../outside", "model/../../outside")) {
            assertTrue(refused(path).getMessage(), refused(path).getMessage().contains("leads out of the workspace"));
        }
    }

    @Test
    public void linksWithinTheModelAndTheWorkspaceWork() throws Exception {
        Files.createDirectories(model.resolve("code"));
        Files.writeString(model.resolve("code/a.py"), "a");
        Files.createSymbolicLink(model.resolve("latest.onnx"), Path.of("model.onnx"));
        Files.createSymbolicLink(model.resolve("src"), model.resolve("code"));
        Files.createSymbolicLink(workspace.resolve("current"), model);
        ModelFiles files = scan("current");
        assertEquals(List.of("code/a.py", "latest.onnx", "model.onnx", "src/a.py"), names(files));
        for (ModelFiles.Entry entry : files.entries()) {
            assertTrue(files.open(entry).readAllBytes().length > 0);
            assertTrue(files.isUnchanged(entry));
        }
        assertEquals(List.of("model.onnx"), names(scan("current/model.onnx")));
    }

    @Test
    public void linksThatLeaveTheModelAreRefusedOnTheCommandLineToo() throws Exception {
        Files.createSymbolicLink(model.resolve("x.bin"), outside.resolve("secret.bin"));
        assertTrue(refused("model").getMessage().contains("the link 'x.bin' leaves the model's folder"));
        WorkspaceBorder anywhere = WorkspaceBorder.anywhere(workspace);
        DeliveryException e = assertThrows(DeliveryException.class, () -> scan(anywhere, "model", Duration.ofMinutes(1)));
        assertTrue(e.getMessage(), e.getMessage().contains("the link 'x.bin' leaves the model's folder"));
        assertEquals("but the user may name any path", List.of("secret.bin"), names(scan(anywhere, "../outside", Duration.ofMinutes(1))));
        Files.delete(model.resolve("x.bin"));
        Files.createSymbolicLink(model.resolve("x"), outside);
        assertTrue(refused("model").getMessage().contains("the link 'x' leaves the model's folder"));
    }

    /** The file is opened through folders that are open already: a link that takes a folder's place meanwhile leads nowhere. */
    @Test
    public void aFolderThatBecomesALinkAfterTheLookIsNotFollowed() throws Exception {
        Files.createDirectories(model.resolve("code"));
        Files.writeString(model.resolve("code/secret.bin"), "inside");
        ModelFiles files = scan("model");
        ModelFiles.Entry entry = files.entries().get(0);
        assertEquals("code/secret.bin", entry.name());
        Files.delete(model.resolve("code/secret.bin"));
        Files.delete(model.resolve("code"));
        Files.createSymbolicLink(model.resolve("code"), outside);
        assertThrows(IOException.class, () -> files.open(entry));
        assertThrows(IOException.class, () -> files.isUnchanged(entry));
        Path moved = Files.move(model, workspace.resolve("moved"));
        Files.createSymbolicLink(model, outside);
        assertThrows(IOException.class, () -> files.open(files.entries().get(1)));
        assertTrue(Files.exists(moved));
    }

    @Test(timeout = 30_000)
    public void pipesSocketsAndDevicesAreRefused() throws Exception {
        mkfifo(workspace.resolve("pipe"));
        assertTrue(refused("pipe").getMessage().contains("is neither a file nor a folder"));
        WorkspaceBorder anywhere = WorkspaceBorder.anywhere(workspace);
        for (String device : List.of("/dev/zero", "/dev/null", "/dev/stdin")) {
            assertThrows(device, DeliveryException.class, () -> scan(anywhere, device, Duration.ofSeconds(5)));
        }
        mkfifo(model.resolve("pipe.bin"));
        assertTrue(refused("model").getMessage().contains("'pipe.bin' is neither a file nor a folder"));
        Files.delete(model.resolve("pipe.bin"));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(model.resolve("s")));
            assertTrue(refused("model").getMessage().contains("'s' is neither a file nor a folder"));
        }
        Files.delete(model.resolve("s"));
        Files.createSymbolicLink(model.resolve("link.bin"), workspace.resolve("pipe"));
        assertTrue(refused("model").getMessage().contains("leaves the model's folder"));
        Files.delete(model.resolve("link.bin"));
        mkfifo(model.resolve("MLmodel"));
        assertTrue(refused("model").getMessage().contains("'MLmodel' is neither a file nor a folder"));
    }

    @Test(timeout = 30_000)
    public void aFileThatBecomesAPipeAfterTheLookDoesNotBlock() throws Exception {
        ModelFiles files = scan("model");
        Files.delete(model.resolve("model.onnx"));
        mkfifo(model.resolve("model.onnx"));
        assertThrows(IOException.class, () -> files.open(files.entries().get(0)));
    }

    @Test
    public void whatDoesNotBelongInAnImageIsLeftOutAndListed() throws Exception {
        Files.createDirectories(model.resolve(".git/objects"));
        Files.writeString(model.resolve(".git/objects/a"), "x");
        Files.createDirectories(model.resolve("code/__pycache__"));
        Files.writeString(model.resolve("code/__pycache__/a.pyc"), "x");
        Files.writeString(model.resolve("code/a.py"), "x");
        Files.writeString(model.resolve(".env"), "PASSWORD=x");
        Files.writeString(model.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
        Files.writeString(model.resolve("client.pem"), "-----BEGIN CERTIFICATE-----\nx\n-----BEGIN RSA PRIVATE KEY-----\nx\n");
        Files.writeString(model.resolve("robot.json"), "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nx\"}");
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        Files.createSymbolicLink(model.resolve("settings"), Path.of(".env"));
        Files.createSymbolicLink(model.resolve("history"), Path.of(".git/objects"));
        Files.createSymbolicLink(model.resolve(".aws"), outside);
        Files.createSymbolicLink(model.resolve("key.txt"), Path.of("robot.json"));
        ModelFiles files = scan("model");
        assertEquals(List.of("ca.pem", "code/a.py", "model.onnx", "tokenizer.json"), names(files));
        assertEquals(List.of(".aws/", ".env", ".git/", "client.pem", "code/__pycache__/", "history/", "key.txt", "robot.json", "settings"), files.leftOut());
        Files.delete(model.resolve(".aws"));
        assertEquals(
                "include keeps what it names, and links to it",
                List.of(".env", ".git/objects/a", "ca.pem", "client.pem", "code/a.py", "history/a", "model.onnx", "settings", "tokenizer.json"),
                names(scan("model", ".env", ".git/objects/a", "client.pem")));
    }

    @Test
    public void loginsAreFoundByTheirContent() throws Exception {
        Files.writeString(model.resolve("person.json"), "{\n \"refresh_token\": \"x\",\n \"type\" : \"authorized_user\"}");
        Files.writeString(model.resolve("build.json"), "{\"type\":\"external_account\",\"audience\":\"x\"}");
        Files.writeString(model.resolve("registries.json"), "{\"auths\": {\"registry.example.com\": {\"auth\": \"eDp5\"}}}");
        Files.writeString(model.resolve("config.json"), "{\"type\": \"service\", \"auth\": {}, \"model_type\": \"authorized_user\"}");
        ModelFiles files = scan("model");
        assertEquals(List.of("config.json", "model.onnx"), names(files));
        assertEquals(List.of("build.json", "person.json", "registries.json"), files.leftOut());
    }

    @Test
    public void aFolderOfNothingElseIsRefused() throws Exception {
        Path only = Files.createDirectories(workspace.resolve("only"));
        Files.writeString(only.resolve(".env"), "x");
        assertEquals(
                "model: 'only' has nothing to pack but .env, which does not belong in an image. Name it in include if that is meant.", refused("only").getMessage());
        assertEquals(List.of(".env"), names(scan("only", ".env")));
        assertTrue(refused("only/.env").getMessage().contains("nothing to pack but .env"));
        assertEquals(List.of(".env"), names(scan("only/.env", ".env")));
    }

    @Test
    public void foldersThatMayNotBeReadDoNotMatterWhenTheyAreLeftOut() throws Exception {
        assumeFalse("root reads everything", System.getProperty("user.name").equals("root"));
        Path closed = Files.createDirectories(model.resolve(".ssh"));
        assertTrue(closed.toFile().setReadable(false) && closed.toFile().setExecutable(false));
        assertEquals(List.of("model.onnx"), names(scan("model")));
    }

    /** Twenty links to folders would stand for a million of files, each one more for twice as many. */
    @Test(timeout = 60_000)
    public void linksThatMultiplyFilesEnd() throws Exception {
        Path folder = model;
        for (int i = 0; i < 30; i++) {
            Path next = Files.createDirectories(model.resolve("d" + i));
            Files.writeString(next.resolve("f"), "x");
            if (i > 0) {
                Files.createSymbolicLink(folder.resolve("l1"), Path.of("../d" + i));
                Files.createSymbolicLink(folder.resolve("l2"), Path.of("../d" + i));
            }
            folder = next;
        }
        DeliveryException e = assertThrows(DeliveryException.class, () -> scan(WorkspaceBorder.inside(workspace), "model", Duration.ofSeconds(2)));
        assertTrue(e.getMessage(), e.kind() == Kind.TIMEOUT || e.getMessage().contains("more than 250000 files"));
    }

    @Test
    public void loopsAndLinksToNothingAreNamed() throws Exception {
        Files.createSymbolicLink(model.resolve("loop"), Path.of("."));
        assertTrue(refused("model").getMessage().contains("a link makes a loop"));
        Files.delete(model.resolve("loop"));
        Files.createSymbolicLink(model.resolve("gone.bin"), Path.of("nothing"));
        assertTrue(refused("model").getMessage().contains("the link 'gone.bin' points to nothing"));
    }

    @Test
    public void sizesAreAddedWithoutOverflow() {
        ModelFiles.Entry huge = new ModelFiles.Entry("a", Path.of("a"), Long.MAX_VALUE / 2 + 1, 0, false);
        assertEquals(Long.MAX_VALUE, ModelFiles.bytes(List.of(huge, huge)));
        assertEquals(Long.MAX_VALUE, LayerWriter.room(List.of(huge, huge)));
    }

    @Test
    public void anMlModelFileThatIsTooLargeIsRefused() throws Exception {
        Files.writeString(model.resolve("MLmodel"), MLMODEL);
        assertTrue(scan("model").mlflow());
        Files.writeString(model.resolve("MLmodel"), MLMODEL + "#".repeat(MlModelFile.MAX_BYTES));
        assertTrue(refused("model").getMessage().contains("more than 1 MiB"));
    }

    @Test
    public void mlModelFilesOfAnyShape() throws Exception {
        MlModelFile.check(MLMODEL.getBytes(StandardCharsets.UTF_8));
        String laughs = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\nflavors: {}\n";
        MlModelFile.check(laughs.getBytes(StandardCharsets.UTF_8));
        for (String text : List.of("", "[]", "- flavors", "a: {flavors: 1}", "flavors", "flavors: [" + "[".repeat(10_000), "flavors: {a: [", "\t", "flavors: 1\n  bad: 2", "{".repeat(100) + "}".repeat(100))) {
            assertThrows(text, DeliveryException.class, () -> MlModelFile.check(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Property(trials = 800)
    public void anyMlModelFile(@From(HostileText.class) @HostileText.Like({MLMODEL, "flavors: {a: &x [1, *x]}\n"}) String text) {
        HostileText.survives(text, () -> {
            MlModelFile.check(text.getBytes(StandardCharsets.UTF_8));
            return null;
        });
    }
}
