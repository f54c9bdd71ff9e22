package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.image.BuildImageResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** <code>build-image</code>: the step <code>mlBuildImage</code>. */
@Command(name = "build-image", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Packs a model into a container image and pushes it; no daemon, no root.")
final class BuildImageCommand implements Callable<Integer> {
    private final Main.World world;

    @Mixin
    private OutputOptions output;

    @Option(names = "--model", required = true, description = "Folder or file of the model.")
    String model;

    @Option(names = "--image", required = true, description = "Name of the image: [registry/]repository[:tag].")
    String image;

    @Option(names = "--layout", description = "Folder to write the image to as an OCI image layout.")
    String layout;

    @Option(names = "--push", negatable = true, defaultValue = "true", fallbackValue = "true", description = "Push to the registry of --image (default).")
    boolean push;

    @Option(names = "--base", defaultValue = BuildImageRequest.DEFAULT_BASE, description = "Base image, 'scratch' for none. Default: ${DEFAULT-VALUE}")
    String base;

    @Option(names = "--model-path", defaultValue = BuildImageRequest.DEFAULT_MODEL_PATH, description = "Folder of the model inside the image. Default: ${DEFAULT-VALUE}")
    String modelPath;

    @Option(names = "--include", split = ",", description = "Names or paths of files to pack although they are left out by default, such as .env or '*.key'.")
    List<String> include = List.of();

    @Option(names = "--labels", paramLabel = "KEY=VALUE", description = "Label of the image; may be repeated.")
    Map<String, String> labels = Map.of();

    @Option(names = "--env", paramLabel = "KEY=VALUE", description = "Environment variable of the image; may be repeated.")
    Map<String, String> env = Map.of();

    @Option(names = "--entrypoint", split = ",", description = "Entry point, its arguments separated by commas.")
    List<String> entrypoint = List.of();

    @Option(names = "--port", defaultValue = "0", description = "Port that the server listens on.")
    int port;

    @Option(names = "--platform", defaultValue = BuildImageRequest.DEFAULT_PLATFORM, description = "Platform. Default: ${DEFAULT-VALUE}")
    String platform;

    @Option(names = "--credentials-id", description = "Registry credentials: ID_USERNAME and ID_PASSWORD, or ID_TOKEN, of the environment.")
    String credentialsId;

    @Option(names = "--insecure", description = "Allow plain HTTP and unverified TLS for the host of the image's registry.")
    boolean insecure;

    @Option(names = "--timeout", defaultValue = BuildImageRequest.DEFAULT_TIMEOUT, description = "For the whole step. Default: ${DEFAULT-VALUE}")
    String timeout;

    BuildImageCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        BuildImageResult result =
                new BuildImage(WorkspaceBorder.anywhere(world.directory()), null, output.environment(world, EventSink.none())).run(request());
        output.result(world, result.toMap());
        return 0;
    }

    BuildImageRequest request() {
        return new BuildImageRequest(
                model, image, layout, push, base, modelPath, include, labels, env, entrypoint, port, platform, credentialsId,
                insecure, timeout);
    }
}
