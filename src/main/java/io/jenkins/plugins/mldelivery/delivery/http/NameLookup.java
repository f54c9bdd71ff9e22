package io.jenkins.plugins.mldelivery.delivery.http;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Finds the addresses that a connection goes to, and checks them: right before it, since a name may have another address than it had, and
 * once, so that the addresses that were judged are those that are connected to. Resolving a name knows no time-out of its own and can't be
 * interrupted, so it is done on another thread.
 */
public final class NameLookup {
    /** For one person, who waits for few servers at a time. */
    private static final int MAX_OWN = 4;

    private final Executor threads;

    /** @param threads that resolve names; a name server may keep each of them for long, whatever the deadline */
    public NameLookup(Executor threads) {
        this.threads = threads;
    }

    /**
     * By these threads.
     *
     * @param resolvers null for a few of its own, which end when they have nothing to do
     */
    public static NameLookup by(Executor resolvers) {
        return new NameLookup(resolvers != null
                ? resolvers
                : new SharedThreads("ml-delivery names", MAX_OWN, new OwnerShares(MAX_OWN, MAX_OWN)).of(Owner.only()));
    }

    /**
     * The addresses of a server.
     *
     * @param parameter the parameter that names it, for the error
     * @param uri absolute, with a host
     * @throws DeliveryException when it may not be sent requests
     * @throws UnknownHostException when it has none
     * @throws IOException when they were not found until the deadline
     */
    public List<InetAddress> addresses(HostRules hosts, String parameter, URI uri, Deadline deadline)
            throws IOException, DeliveryException, InterruptedException {
        return addresses(hosts, parameter, uri, deadline, wait -> {});
    }

    /**
     * The same for a wait that others may end.
     *
     * @param begun gets, before it begins, what ends the wait when it is closed: the thread that resolves the name is not
     *     free before the name server has answered
     */
    public List<InetAddress> addresses(
            HostRules hosts, String parameter, URI uri, Deadline deadline, Consumer<Closeable> begun)
            throws IOException, DeliveryException, InterruptedException {
        if (HostRules.isAddress(uri.getHost())) {
            return resolve(hosts, parameter, uri);
        }
        FutureTask<List<InetAddress>> found = new FutureTask<>(() -> resolve(hosts, parameter, uri));
        begun.accept(() -> found.cancel(true));
        try {
            if (!found.isDone()) {
                threads.execute(found);
            }
            return found.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("its name was not resolved in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeliveryException refusal) {
                throw refusal;
            }
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IOException("its name can't be resolved", e);
        } catch (CancellationException e) {
            throw new IOException("its name can't be resolved", e);
        } finally {
            found.cancel(true);
        }
    }

    /** Checks a server whose name somebody else resolves, so that it need not have an address here. */
    public void check(HostRules hosts, String parameter, URI uri, Deadline deadline) throws IOException, DeliveryException, InterruptedException {
        check(hosts, parameter, uri, deadline, wait -> {});
    }

    /**
     * The same for a wait that others may end.
     *
     * @param begun see {@link #addresses(HostRules, String, URI, Deadline, Consumer)}
     */
    public void check(HostRules hosts, String parameter, URI uri, Deadline deadline, Consumer<Closeable> begun)
            throws IOException, DeliveryException, InterruptedException {
        if (hosts.equals(HostRules.any())) {
            return;
        }
        try {
            addresses(hosts, parameter, uri, deadline, begun);
        } catch (UnknownHostException e) {
            // Whoever resolves it will tell.
        }
    }

    /** To a server, or to the HTTP proxy that this whole Java process is set up with ({@code http.proxyHost}) before it. */
    public HttpRoute route(HostRules hosts, String parameter, URI uri, Deadline deadline) throws IOException, DeliveryException, InterruptedException {
        URI proxy = platformProxy(uri);
        if (proxy == null) {
            return new HttpRoute(addresses(hosts, parameter, uri, deadline), null);
        }
        check(hosts, parameter, uri, deadline);
        // Whoever set it up for all of this process need not be asked again.
        return new HttpRoute(addresses(HostRules.any(), "proxy", proxy, deadline), proxy);
    }

    /** The HTTP proxy that this whole Java process is set up with before a server, or null. */
    public static URI platformProxy(URI uri) {
        ProxySelector selector = ProxySelector.getDefault();
        Proxy first = selector == null ? Proxy.NO_PROXY : selector.select(uri).get(0);
        if (first.type() != Proxy.Type.HTTP || !(first.address() instanceof InetSocketAddress address)) {
            return null;
        }
        String host = address.getHostString();
        return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    private static List<InetAddress> resolve(HostRules hosts, String parameter, URI uri) throws DeliveryException, UnknownHostException {
        List<InetAddress> addresses;
        try {
            addresses = List.of(InetAddress.getAllByName(uri.getHost()));
        } catch (UnknownHostException e) {
            // A list of allowed hosts refuses a name that it does not have, also when it has no address.
            hosts.check(parameter, uri, List.of());
            throw e;
        }
        hosts.check(parameter, uri, addresses);
        return addresses;
    }
}
