package io.jenkins.plugins.mldelivery.provision.terraform;

import io.jenkins.plugins.mldelivery.delivery.CommandOutput;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** Reads the output of one command of the tool, within limits. */
interface ToolReader extends CommandOutput {
    /**
     * Called once, after the last byte.
     *
     * @throws DeliveryException when the output is not whole or can't be understood
     */
    void finish() throws DeliveryException;

    /** Ignores it. */
    static ToolReader none() {
        return new ToolReader() {
            @Override
            public void accept(byte[] bytes, int length) {
                // Nothing to read.
            }

            @Override
            public void finish() {
                // Nothing was read.
            }
        };
    }
}
