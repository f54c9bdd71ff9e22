package io.jenkins.plugins.mldelivery.cli;

import java.util.concurrent.atomic.AtomicReference;

/**
 * What ends a thread beside the working one. That there is no memory left ends the command, since nobody knows what the
 * thread was needed for; anything else is told in one line.
 */
final class LostThreads {
    private final Main.World world;
    private final AtomicReference<OutOfMemoryError> memory = new AtomicReference<>();

    private LostThreads(Main.World world) {
        this.world = world;
    }

    /** Watches all threads of this process from now on; the working one is interrupted, so that it cleans up. */
    static LostThreads of(Thread worker, Main.World world) {
        LostThreads lost = new LostThreads(world);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> lost.take(worker, e));
        return lost;
    }

    private void take(Thread worker, Throwable e) {
        if (e instanceof OutOfMemoryError full) {
            if (memory.compareAndSet(null, full)) {
                worker.interrupt();
            }
        } else {
            world.err().println("warning: a thread has ended, by " + new Failures(world).defect(e) + ".");
        }
    }

    /** The exit code of a command that has ended with this one, told again if it was for want of memory. */
    int codeAfter(int code) {
        return memory.get() == null ? code : new Failures(world).handleFatal(memory.get());
    }
}
