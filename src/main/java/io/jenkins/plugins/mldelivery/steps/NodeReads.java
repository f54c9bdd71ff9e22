package io.jenkins.plugins.mldelivery.steps;

import hudson.remoting.Channel;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;

/** What all work that steps send to one node shares there, for as long as it is connected. */
final class NodeReads {
    private NodeReads() {}

    /** Of the node that this thread works for; on the built-in one it is what all steps on the controller share. */
    static SharedReads of(Owner owner) {
        Channel connection = Channel.current();
        return connection == null ? DeliveryConnections.reads(owner) : of(connection).of(owner);
    }

    private static SharedReads of(Channel connection) {
        synchronized (connection) {
            // One of an earlier version of this plugin, which the controller may have had, is of another class.
            if (connection.getProperty(SharedReads.class.getName()) instanceof SharedReads shared) {
                return shared;
            }
            SharedReads shared = new SharedReads();
            connection.setProperty(SharedReads.class.getName(), shared);
            return shared;
        }
    }
}
