package io.jenkins.plugins.mldelivery.provision;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The files beside the infrastructure code: on this machine for the command line, on the agent in Jenkins. Paths are
 * absolute or relative to the workspace.
 */
public interface Workspace {
    /**
     * Refuses a path that leaves the workspace.
     *
     * @param parameter the parameter that has it, for the error
     * @param folder what it is relative to, itself relative to the workspace; null for the workspace
     * @param path as the user gave it
     */
    void check(String parameter, String folder, String path)
            throws DeliveryException, IOException, InterruptedException;

    /** Whether this is a folder. */
    boolean isDirectory(String path) throws DeliveryException, IOException, InterruptedException;

    /** The names of the plain files in a folder, sorted; more than 10,000 are refused with an {@link IOException}. */
    List<String> list(String path) throws DeliveryException, IOException, InterruptedException;

    /**
     * Reads the files of a folder.
     *
     * @param names file names as {@link #list} gave them
     * @param maxBytes more than this in all is refused with an {@link IOException}
     * @return name to text, in the order of the names
     * @throws DeliveryException also when a file is not text in UTF-8
     */
    Map<String, String> read(String path, List<String> names, long maxBytes)
            throws DeliveryException, IOException, InterruptedException;

    /**
     * How many bytes the files of a folder have.
     *
     * @param names file names as {@link #list} gave them; one that is not there is refused with an {@link IOException}
     */
    long size(String path, List<String> names) throws DeliveryException, IOException, InterruptedException;

    /** The SHA-256 of a plain file, in hex; anything else, a link too, is refused with an {@link IOException}. */
    String sha256(String path) throws DeliveryException, IOException, InterruptedException;

    /**
     * Creates an empty folder that only the owner may enter, outside the infrastructure code, and returns its absolute
     * path.
     */
    String createPrivateDirectory() throws DeliveryException, IOException, InterruptedException;

    /** Writes a file that only the owner may read. */
    void writePrivate(String path, String text) throws DeliveryException, IOException, InterruptedException;

    /** Whether a program of this name can be run: a path that exists, or a name on the path. */
    boolean canRun(String program) throws DeliveryException, IOException, InterruptedException;

    /** The absolute path of something that exists, without links. */
    String absolute(String path) throws DeliveryException, IOException, InterruptedException;

    /** Removes a folder that {@link #createPrivateDirectory} made, with all in it; a missing one is no error. */
    void deleteDirectory(String path) throws DeliveryException, IOException, InterruptedException;
}
