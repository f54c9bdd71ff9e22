package io.jenkins.plugins.mldelivery.hostile;

import java.util.concurrent.Callable;

/**
 * The program of {@link HostileServersTest}: runs one trial, a {@link Callable} with a constructor for the server's
 * URL, and prints what that returns.
 */
public final class HostileTrial {
    private HostileTrial() {}

    /** @param args the trial's class and the server's URL */
    public static void main(String[] args) throws Exception {
        System.out.println(((Callable<?>)
                        Class.forName(args[0]).getConstructor(String.class).newInstance(args[1]))
                .call());
        // Threads of libraries may be left.
        System.exit(0);
    }
}
