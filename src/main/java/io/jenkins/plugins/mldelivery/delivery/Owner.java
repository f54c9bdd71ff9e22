package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;

/**
 * Whose work something is that takes of what all share: a job's, and with it that of the top-level item which the job is
 * in, since whoever may make jobs in a folder can have any number of them.
 *
 * @param job its full name, {@code folder/project/branch}
 * @param top the first part of it: the folder, the organization folder or the project; of a job at the top the job itself
 */
public record Owner(String job, String top) implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * The owner of a job's work.
     *
     * @param fullName of the job, with slashes between its parts
     */
    public static Owner ofJob(String fullName) {
        int slash = fullName.indexOf('/');
        return new Owner(fullName, slash < 0 ? fullName : fullName.substring(0, slash));
    }

    /** The only one of a process that works for one person, as the command line does. */
    public static Owner only() {
        return ofJob("");
    }
}
