package io.jenkins.plugins.mldelivery.playground;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Layers as somebody may have made them, whose images the playground's pods name. */
public class LayerUnpackerTest {
    private static final int MIB = 1024 * 1024;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** Writes the entries of a layer. */
    private interface Entries {
        void to(TarArchiveOutputStream tar) throws IOException;
    }

    private Path layer(Entries entries) throws IOException {
        Path blob = folder.newFile().toPath();
        try (OutputStream file = Files.newOutputStream(blob);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
            entries.to(tar);
        }
        return blob;
    }

    private static void entry(TarArchiveOutputStream tar, TarArchiveEntry entry, long size) throws IOException {
        entry.setSize(size);
        tar.putArchiveEntry(entry);
        byte[] zeros = new byte[MIB];
        for (long left = size; left > 0; left -= zeros.length) {
            tar.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
        tar.closeArchiveEntry();
    }

    private Path root() throws IOException {
        return folder.newFolder().toPath();
    }

    private static String refused(LayerUnpacker unpacker, Path blob) {
        return assertThrows(IOException.class, () -> unpacker.unpack(blob, true)).getMessage();
    }

    @Test
    public void anHonestLayerIsUnpackedOverTheOneBefore() throws Exception {
        Path root = root();
        LayerUnpacker unpacker = new LayerUnpacker(root, 4L * MIB);
        unpacker.unpack(layer(tar -> {
            entry(tar, new TarArchiveEntry("model/"), 0);
            entry(tar, new TarArchiveEntry("model/weights"), MIB);
            entry(tar, new TarArchiveEntry("code"), 3);
        }), true);
        unpacker.unpack(layer(tar -> entry(tar, new TarArchiveEntry("code"), 5)), true);
        assertEquals(MIB, Files.size(root.resolve("model/weights")));
        assertEquals(5, Files.size(root.resolve("code")));
        TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
        link.setLinkName("/etc");
        unpacker.unpack(layer(tar -> entry(tar, link, 0)), true);
        assertFalse(Files.exists(root.resolve("link"), LinkOption.NOFOLLOW_LINKS));
        assertTrue(refused(unpacker, layer(tar -> entry(tar, new TarArchiveEntry("../x"), 1))).contains("outside"));
    }

    @Test
    public void aLayerThatGrowsFillsNoDisk() throws Exception {
        Path bomb = layer(tar -> entry(tar, new TarArchiveEntry("zeros"), 64L * MIB));
        assertTrue("small as it is kept", Files.size(bomb) < MIB / 8);
        Path root = root();
        assertEquals(
                "the image takes more than the 4194304 bytes that there is room for",
                refused(new LayerUnpacker(root, 4L * MIB), bomb));
        assertTrue(Files.size(root.resolve("zeros")) <= 4L * MIB);

        LayerUnpacker twice = new LayerUnpacker(root(), 4L * MIB);
        Path half = layer(tar -> entry(tar, new TarArchiveEntry("half"), 3L * MIB));
        twice.unpack(half, true);
        assertTrue("all layers together", refused(twice, half).startsWith("the image takes more than"));

        TarArchiveEntry skipped = new TarArchiveEntry("fifo", TarConstants.LF_FIFO);
        assertTrue("of what is skipped too", refused(
                new LayerUnpacker(root(), 4L * MIB), layer(tar -> entry(tar, skipped, 64L * MIB)))
                        .startsWith("the image takes more than"));
    }

    @Test
    public void theHeadOfAnEntryIsNotKeptWhateverItsLength() throws Exception {
        byte[] attribute = ("67108864 comment=" + "x".repeat(64 * MIB - 18) + "\n").getBytes(StandardCharsets.US_ASCII);
        Map<Byte, byte[]> heads = Map.of(
                TarConstants.LF_GNUTYPE_LONGNAME, new byte[64 * MIB], TarConstants.LF_PAX_EXTENDED_HEADER_LC, attribute);
        for (Map.Entry<Byte, byte[]> head : heads.entrySet()) {
            Path blob = layer(tar -> {
                TarArchiveEntry entry = new TarArchiveEntry("head", head.getKey());
                entry.setSize(head.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(head.getValue());
                tar.closeArchiveEntry();
                entry(tar, new TarArchiveEntry("x"), 1);
            });
            assertEquals(
                    "the layer has an entry with a head of more than 1048576 bytes",
                    refused(new LayerUnpacker(root(), 1024L * MIB), blob));
        }
    }

    @Test
    public void thereIsALimitToFiles() throws Exception {
        Path many = layer(tar -> {
            for (int i = 0; i <= LayerUnpacker.MAX_ENTRIES; i++) {
                entry(tar, new TarArchiveEntry("d/"), 0);
            }
        });
        assertEquals("the image has more than 250000 files", refused(new LayerUnpacker(root(), 1024L * MIB), many));
    }
}
