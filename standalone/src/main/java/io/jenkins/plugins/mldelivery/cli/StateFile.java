package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The rollout's state in a file: written beside, forced to disk, then moved over, so that it is whole whenever the process dies. */
final class StateFile implements StateStore {
    private final Path file;

    StateFile(Path file) {
        this.file = file;
    }

    /** The state of a rollout that did not end, or null. */
    RolloutState load() throws DeliveryException {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            RolloutState state = RolloutState.fromJson(Files.readString(file));
            return state.phase().ended() ? null : state;
        } catch (IOException e) {
            throw problem("read", e);
        }
    }

    @Override
    public void save(RolloutState state) throws DeliveryException {
        try {
            Path parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            Path beside = parent.resolve(file.getFileName() + ".new");
            Files.write(beside, state.toJson().getBytes(StandardCharsets.UTF_8));
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw problem("write", e);
        }
    }

    private DeliveryException problem(String what, IOException e) {
        return DeliveryException.failed("state", "could not " + what + " '" + file + "' (" + e.getMessage() + ")", "Give another file with --state.", e);
    }
}
