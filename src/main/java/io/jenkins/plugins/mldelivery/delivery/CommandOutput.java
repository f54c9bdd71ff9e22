package io.jenkins.plugins.mldelivery.delivery;

/**
 * Takes the standard output of a command as it comes, in pieces of any size, from one thread at a time. What it keeps must be bounded: a program may print for as long as it runs,
 * and need not end its lines.
 */
@FunctionalInterface
public interface CommandOutput {
    /**
     * Takes the next bytes.
     *
     * @param bytes a buffer that the caller uses again: copy what is kept
     * @param length how many of its bytes count, from the first
     * @throws DeliveryException when this output is refused, for example because it is too long; the command is then stopped
     */
    void accept(byte[] bytes, int length) throws DeliveryException;

    /** Ignores it. */
    static CommandOutput none() {
        return (bytes, length) -> { };
    }
}
