package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import java.time.Duration;

/**
 * The connections to clusters that everything in a process shares: one client for each distinct {@link ClusterAccess}, and on it one set of watches for each namespace, whatever the number of rollouts.
 * Whoever runs rollouts owns one of these, as the command line's process or Jenkins' plugin, and closes it at the end. A client that nobody uses is closed a while later, so that short users share one too.
 * An owner uses no more clients than its share.
 *
 * <p>It has one thread of its own until it is closed; the clients have those of their HTTP library.
 */
public final class ClusterConnections implements AutoCloseable {
    private static final Duration LINGER = Duration.ofSeconds(60);

    private final OpenClients clients;
    private final Owner owner;

    /** The cause of a refusal that is over as soon as another one gives its connection back. */
    public static final class AllUsed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** Connections with as many watches as there are namespaces. */
    public ClusterConnections() {
        this(Integer.MAX_VALUE, LINGER);
    }

    /**
     * Connections with a bound on watches, for a process where each may cost a thread. Rollouts in a namespace that finds none left poll.
     *
     * @param mostWatches most watches at a time; a namespace takes {@link NamespaceWatch#STREAMS}
     */
    public ClusterConnections(int mostWatches) {
        this(mostWatches, LINGER);
    }

    ClusterConnections(int mostWatches, Duration linger) {
        this(new OpenClients(mostWatches, linger), Owner.only());
    }

    private ClusterConnections(OpenClients clients, Owner owner) {
        this.clients = clients;
        this.owner = owner;
    }

    /**
     * The same, for the rollouts of one owner. Those that are nobody's by this are one owner's.
     *
     * @param who whose rollouts they are
     */
    public ClusterConnections of(Owner who) {
        return new ClusterConnections(clients, who);
    }

    /** Whether a connection was refused only because there is none left at present, so that it is worth asking again. */
    public static boolean allUsed(DeliveryException e) {
        return e.getCause() instanceof AllUsed;
    }

    /**
     * A share of the connection with this access; no request is sent yet.
     *
     * @param environment learns the access' secrets, says which hosts may be reached, and is warned of what is not safe
     * @throws DeliveryException when the access is unusable or refused, see {@link KubernetesClients#open}, and when the
     *     owner uses as many as it may, see {@link #allUsed}
     */
    public ClusterConnection connect(ClusterAccess access, Environment environment) throws DeliveryException {
        // Whoever shares a client gets the access checked for itself. It may take a while: a program may be started.
        CheckedAccess checked = new AccessCheck(environment, Event.Stage.DEPLOY).check(access);
        return clients.connect(new OpenClients.Key(access, environment.hosts()), checked, null, owner, environment);
    }

    /**
     * A connection in the place of one whose login the cluster has refused, which the caller still gives back. Others
     * who use that one find out for themselves.
     *
     * @param refused what was refused
     * @param access as it is now
     * @return null when the login is still the same
     * @throws DeliveryException see {@link #connect}, and when it leads to another server
     */
    public ClusterConnection renewed(ClusterConnection refused, ClusterAccess access, Environment environment)
            throws DeliveryException {
        CheckedAccess checked = new AccessCheck(environment, Event.Stage.DEPLOY).check(access);
        if (!checked.server().uri().equals(refused.server().uri())) {
            throw DeliveryException.failed(
                    "cluster", "the access leads to another API server now, " + checked.server().uri(),
                    "Give a login for " + refused.server().uri() + ".", null);
        }
        return clients.connect(new OpenClients.Key(access, environment.hosts()), checked, refused.shared(), owner, environment);
    }

    /** Closes every client, used or not, whoever's it is. */
    @Override
    public void close() {
        clients.close();
    }
}
