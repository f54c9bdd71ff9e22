package io.jenkins.plugins.mldelivery.delivery;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Asks whether a disk has room before something large is written to it: a full disk stops every build of a machine, not only the one that filled it. */
public final class FreeSpace {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private FreeSpace() {}

    /**
     * Refuses what has no room.
     *
     * @param parameter the parameter that asks for it, for the error
     * @param what what is to be written, as the beginning of a sentence
     * @param bytes how many, from 0
     * @param folder an existing folder of the disk
     * @throws DeliveryException of the kind {@link DeliveryException.Kind#FAILED}; a disk that does not tell its size is taken to have room
     */
    public static void require(String parameter, String what, long bytes, Path folder) throws DeliveryException {
        long free;
        try {
            FileStore store = Files.getFileStore(folder);
            if (store.getTotalSpace() <= 0) {
                return;
            }
            free = store.getUsableSpace();
        } catch (IOException e) {
            // The writing will tell.
            return;
        }
        if (free >= 0 && bytes > free) {
            throw DeliveryException.failed(
                    parameter, what + " needs " + text(bytes) + ", and the disk of '" + folder + "' has " + text(free) + " free", "Free some disk space on the machine.", null);
        }
    }

    /** A number of bytes for people, such as {@code 512 B} or {@code 1.5 MiB}. */
    public static String text(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
