package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class KeyFileTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final List<String> notes = new ArrayList<>();

    private KeyFile of(Map<String, String> variables) {
        return KeyFile.of(variables, notes::add);
    }

    private Path home() {
        return temporary.getRoot().toPath();
    }

    @Test
    public void isMadeOnceForTheUserAlone() throws Exception {
        KeyFile first = of(Map.of("HOME", home().toString()));
        Path file = home().resolve(".local/state/ml-delivery/config-hash.key");
        assertFalse("nothing is written before it is needed", Files.exists(home().resolve(".local")));
        byte[] hash = first.of(MESSAGE);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        assertArrayEquals("another run has the same", hash, of(Map.of("HOME", home().toString())).of(MESSAGE));
        assertEquals(first.keyId(), of(Map.of("HOME", home().toString(), "XDG_STATE_HOME", "relative")).keyId());
        Path state = temporary.newFolder("state").toPath();
        assertFalse("the key of other state is another",
                Arrays.equals(hash, of(Map.of("XDG_STATE_HOME", state.toString())).of(MESSAGE)));
        assertTrue(Files.exists(state.resolve("ml-delivery/config-hash.key")));
        try (var left = Files.list(file.getParent())) {
            assertEquals("nothing beside it is left", List.of(file), left.toList());
        }
        assertEquals(List.of(), notes);
    }

    /** Whoever has filled the working folder would know the key, and could seal a state with it. */
    @Test
    public void ofARelativeHomeThereIsNoKeyOnDisk() throws Exception {
        Path relative = Path.of("target", "relative-home");
        Path file = relative.resolve(".local/state/ml-delivery/config-hash.key");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "00".repeat(32));
        Map<String, String> variables = Map.of("HOME", relative.toString());
        byte[] known = KeyedHash.withKey(new byte[32]).of(MESSAGE);
        assertFalse("of a key that lies in the working folder", Arrays.equals(known, of(variables).of(MESSAGE)));
        assertFalse("each run has its own", Arrays.equals(of(variables).of(MESSAGE), of(variables).of(MESSAGE)));
    }

    @Test
    public void whatIsNoKeyIsReplaced() throws Exception {
        Path file = home().resolve(".local/state/ml-delivery/config-hash.key");
        Files.createDirectories(file.getParent());
        for (String content : List.of("", "00", "zz".repeat(32), "é", "00".repeat(100_000))) {
            Files.writeString(file, content);
            byte[] hash = of(Map.of("HOME", home().toString())).of(MESSAGE);
            assertArrayEquals(hash, of(Map.of("HOME", home().toString())).of(MESSAGE));
        }
        assertEquals(List.of(), notes);
    }

    @Test
    public void whereItCanNotBeKeptEachRunHasItsOwn() throws Exception {
        Files.writeString(home().resolve("file"), "in the way");
        Map<String, String> variables = Map.of("HOME", home().resolve("file").toString());
        KeyFile first = of(variables);
        assertArrayEquals(first.of(MESSAGE), first.of(MESSAGE));
        assertFalse(Arrays.equals(first.of(MESSAGE), of(variables).of(MESSAGE)));
        assertEquals(2, notes.size());
        assertTrue(notes.get(0), notes.get(0)
                .startsWith("the key for the hashes of ConfigMaps, Secrets and requests can't be kept in '"));
        notes.clear();
        assertFalse(Arrays.equals(of(Map.of()).of(MESSAGE), of(Map.of()).of(MESSAGE)));
        assertEquals("nobody expects one to be kept without a home", List.of(), notes);
    }
}
