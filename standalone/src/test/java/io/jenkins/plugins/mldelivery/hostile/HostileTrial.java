package io.jenkins.plugins.mldelivery.hostile;

import java.util.concurrent.Callable;

/**
 * The program that {@link HostileServersTest} starts with a small heap: it runs one trial, a {@link Callable} with a constructor for the server's URL, and prints what that returns. An error of
 * the JVM, such as an {@link OutOfMemoryError}, ends it with a status of its own.
 */
public final class HostileTrial {
    private HostileTrial() {}

    /** @param args the trial's class and the server's URL */
    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            System.out.println("uncaught in " + thread.getName() + ": " + e);
            Runtime.getRuntime().halt(9);
        });
        try {
            Callable<?> trial = (Callable<?>) Class.forName(args[0]).getConstructor(String.class).newInstance(args[1]);
            System.out.println(trial.call());
            System.out.flush();
            Runtime.getRuntime().halt(0);
        } catch (Throwable e) {
            System.out.println("failed: " + e);
            System.out.flush();
            Runtime.getRuntime().halt(8);
        }
    }
}
