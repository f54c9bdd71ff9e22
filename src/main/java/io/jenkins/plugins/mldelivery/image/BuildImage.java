package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.FreeSpace;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Scratch;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import io.jenkins.plugins.mldelivery.image.registry.RegistryClient;
import io.jenkins.plugins.mldelivery.image.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Packs a model into an OCI image: writes the layers itself, needs no daemon and no root. Runs where the model's files are. Repeating it is safe and
 * cheap: the same input gives the same digest, and blobs that the registry has are not sent again, so an adapter resumes after a restart by
 * running it again.
 */
public final class BuildImage {
    private final WorkspaceBorder border;
    private final Path temporary;
    private final Environment environment;
    private final Duration stall;
    private final int attempts;

    /**
     * @param border where the request's paths may lead
     * @param temporary a folder for the layers until they are sent, created if it is missing; null for the machine's folder of temporary files
     * @param environment the ports
     */
    public BuildImage(WorkspaceBorder border, Path temporary, Environment environment) {
        this(border, temporary, environment, RegistrySettings.DEFAULT_STALL, RegistrySettings.DEFAULT_ATTEMPTS);
    }

    BuildImage(WorkspaceBorder border, Path temporary, Environment environment, Duration stall, int attempts) {
        this.border = border;
        this.temporary = temporary;
        this.environment = environment;
        this.stall = stall;
        this.attempts = attempts;
    }

    /**
     * Builds and, if asked, pushes. Tells its progress as events of {@link Event.Stage#BUILD_IMAGE}.
     *
     * @throws DeliveryException with the parameter concerned; temporary files are gone by then, and a partial upload is cancelled or named in a warning
     * @throws InterruptedException when the user aborted, likewise cleaned up
     */
    public BuildImageResult run(BuildImageRequest request) throws DeliveryException, InterruptedException {
        return run(request, null);
    }

    /**
     * Likewise, when a part of the request's time is over.
     *
     * @param left what is left of it; null for all of it
     */
    public BuildImageResult run(BuildImageRequest request, Duration left) throws DeliveryException, InterruptedException {
        environment.events().accept(new Event.Started(
                environment.clock().now(), Event.Stage.BUILD_IMAGE, "Build the image " + request.image() + " of " + request.model()));
        try {
            BuildImageResult result = build(request, RequestCheck.of(request), left);
            finished(true, summary(result));
            return result;
        } catch (DeliveryException e) {
            // An abort in the middle of reading or writing a file closes it, which looks like a fault of the file.
            if (Thread.interrupted()) {
                finished(false, "Aborted.");
                throw new InterruptedException();
            }
            finished(false, e.getMessage());
            throw e;
        } catch (InterruptedException e) {
            finished(false, "Aborted.");
            throw e;
        }
    }

    private BuildImageResult build(BuildImageRequest request, RequestCheck checked, Duration left)
            throws DeliveryException, InterruptedException {
        Deadline deadline = new Deadline(environment.clock(), left == null ? checked.timeout() : left, request.timeout());
        Login login = request.credentialsId() == null
                ? null
                : environment.secrets().require("credentialsId", request.credentialsId());
        ModelFiles files = ModelFiles.scan(border, request.model(), new PackingRules(request.include()), deadline);
        if (!files.leftOut().isEmpty()) {
            environment.info(
                    Event.Stage.BUILD_IMAGE, "Left out " + files.leftOut().size() + (files.leftOut().size() == 1 ? " file or folder" : " files and folders")
                            + " that do not belong in an image (include keeps them): " + ModelFiles.brief(files.leftOut()));
        }
        LayoutTarget layout = request.layout() == null
                ? null
                : LayoutTarget.open(border, request.layout(), request.model(), environment, deadline);
        // A base image of the same registry can be mounted, and only that registry gets the login and may be insecure.
        ImageReference mountFrom = checked.base() != null && checked.base().registry().equals(checked.image().registry()) ? checked.base() : null;
        try (RegistryClient to = request.push() ? destination(checked, mountFrom, settings("image", request.insecure(), login, deadline)) : null;
                RegistryClient from = checked.base() == null ? null : source(checked, settings("base", mountFrom != null && request.insecure(), mountFrom == null ? null : login, deadline));
                Scratch scratch = scratch(temporary)) {
            RegistryTarget registry = to == null ? null : new RegistryTarget(to, checked.image(), mountFrom, environment);
            if (registry != null) {
                registry.connect();
            }
            BaseImage base = from == null ? BaseImage.SCRATCH : base(checked, from);
            FreeSpace.require("model", "packing the model", LayerWriter.room(files.entries()), scratch.folder());
            List<LayerBlob> own = layers(request, files, scratch, deadline);
            ImageAssembler.Image image =
                    ImageAssembler.assemble(request, checked.platform(), base, files.mlflow(), own);
            boolean changed = false;
            Pushed pushed = Pushed.NOTHING;
            if (layout != null) {
                changed = layout.write(image, checked.image().tag(), checked.platform(), base);
            }
            if (registry != null) {
                pushed = registry.push(image, base, scratch);
                changed |= pushed.changed();
            }
            return result(checked.image(), image, changed, pushed);
        }
    }

    private static Scratch scratch(Path temporary) throws DeliveryException {
        try {
            return Scratch.create("image", temporary);
        } catch (IOException e) {
            throw DeliveryException.failed(
                    null, "could not create a temporary folder (" + Problems.text(e) + ")", "Check the `agent`'s temporary folder and its free space.", e);
        }
    }

    private List<LayerBlob> layers(BuildImageRequest request, ModelFiles files, Scratch scratch, Deadline deadline)
            throws DeliveryException, InterruptedException {
        LayerWriter writer = new LayerWriter(environment, deadline);
        List<LayerBlob> layers = new ArrayList<>();
        // Weights first: what changes least lies at the bottom.
        for (String what : List.of("weights", "model")) {
            List<ModelFiles.Entry> entries = files.entries().stream()
                    .filter(e -> e.isWeights() == what.equals("weights"))
                    .toList();
            if (!entries.isEmpty()) {
                LayerBlob layer = writer.write(what, request.modelPath(), files, entries, scratch.file(what));
                environment.info(
                        Event.Stage.BUILD_IMAGE, "Packed " + what + ": " + count(entries.size()) + ", " + FreeSpace.text(layer.blob().size())
                                + ", layer " + Digests.brief(layer.blob().digest()));
                layers.add(layer);
            }
        }
        return layers;
    }

    private static RegistryClient destination(RequestCheck checked, ImageReference mountFrom, RegistrySettings settings) {
        return new RegistryClient(checked.image().registry(), settings, mountFrom == null ? null : mountFrom.repository());
    }

    private static RegistryClient source(RequestCheck checked, RegistrySettings settings) {
        return new RegistryClient(checked.base().registry(), settings);
    }

    private BaseImage base(RequestCheck checked, RegistryClient client) throws DeliveryException, InterruptedException {
        BaseImage base = BaseImage.pull(checked.base(), checked.platform(), client);
        environment.info(
                Event.Stage.BUILD_IMAGE, "Base image " + checked.base() + ": " + base.layers().size() + " layers, "
                        + FreeSpace.text(base.layers().stream().mapToLong(l -> l.blob().size()).sum()) + ", " + Digests.brief(base.digest()));
        return base;
    }

    private RegistrySettings settings(String parameter, boolean insecure, Login login, Deadline deadline) {
        return RegistrySettings.of(parameter, environment.clock(), deadline)
                .withLogin(login)
                .withInsecure(insecure)
                .withPatience(stall, attempts)
                .withRun(environment.known(), environment.hosts())
                .withNames(NameLookup.by(environment.resolvers()))
                .withWarnings(line -> environment.warn(Event.Stage.BUILD_IMAGE, line));
    }

    private static BuildImageResult result(ImageReference name, ImageAssembler.Image image, boolean changed, Pushed pushed) {
        List<BuildImageResult.Layer> layers = image.layers().stream()
                .map(l -> new BuildImageResult.Layer(
                        l.blob().digest(), l.blob().size(), pushed.reused().contains(l.blob().digest()), l.what()))
                .toList();
        return new BuildImageResult(
                name.withDigest(image.manifest().digest()).toString(), image.manifest().digest(), List.of(name.tag()), changed, layers,
                pushed.bytes(), image.totalBytes());
    }

    private void finished(boolean ok, String summary) {
        environment.events().accept(new Event.Finished(environment.clock().now(), Event.Stage.BUILD_IMAGE, ok, summary));
    }

    private static String summary(BuildImageResult result) {
        return result.image() + (result.changed() ? " is new" : " is unchanged") + "; " + FreeSpace.text(result.pushedBytes()) + " of "
                + FreeSpace.text(result.totalBytes()) + " sent.";
    }

    private static String count(int files) {
        return files == 1 ? "1 file" : files + " files";
    }
}
