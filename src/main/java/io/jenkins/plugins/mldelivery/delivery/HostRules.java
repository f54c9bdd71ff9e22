package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Which hosts may be sent requests from here. On a Jenkins controller the author of a job names servers, and the controller stands where the author does not: the metadata service of its cloud gives out the
 * machine's own credentials to whoever asks from it. So addresses of the local link and of metadata services are refused unless they are listed, and an administrator may list the only hosts that are allowed.
 *
 * <p>A name is resolved and each of its addresses is judged. Whoever connects resolves it once, has {@link #check(String, URI, List)} judge the addresses, and connects to these: a name server may answer differently a
 * moment later. Behind a proxy it is the proxy that resolves names, and that has to refuse.
 */
public final class HostRules implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * RFC 3927 and RFC 4291 (link-local), the metadata services of AWS (IMDS, ECS and EKS: link-local and fd00:ec2::), Google (169.254.169.254 and fd20:ce::254), Alibaba (100.100.100.200) and Oracle (192.0.0.192), and
     * Azure's WireServer (168.63.129.16); multicast and "this network" (RFC 791 and RFC 4291, unspecified), which no server has: the latter means this machine to Linux.
     */
    private static final List<String> METADATA = List.of(
            "169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "fd20:ce::/32", "fd00:c1::a9fe:a9fe", "fd00:42::42", "fd00:a9fe:a9fe::1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.0/4", "ff00::/8", "0.0.0.0/8", "::");

    /** Characters of an IPv4 address. Java asks a name server for what is longer. */
    private static final int MAX_IPV4 = 15;

    private static final HostRules STANDARD = new HostRules(List.of(), parseAll(METADATA), false);
    /** The same where an administrator may list others. */
    private static final HostRules UNLISTED = new HostRules(List.of(), parseAll(METADATA), true);
    private static final HostRules ANY = new HostRules(List.of(), List.of(), false);

    private final List<HostRule> allowed;
    private final List<HostRule> refused;
    /** Whether there is a setting for them. */
    private final boolean set;

    private HostRules(List<HostRule> allowed, List<HostRule> refused, boolean set) {
        this.allowed = new ArrayList<>(allowed);
        this.refused = new ArrayList<>(refused);
        this.set = set;
    }

    /** All hosts but those of the local link and of metadata services. */
    public static HostRules standard() {
        return STANDARD;
    }

    /** All hosts: for a person's own machine. */
    public static HostRules any() {
        return ANY;
    }

    /**
     * Only these hosts; for an empty list the {@link #standard} rules.
     *
     * @param parameter the setting that they come from, for the error
     * @param lines each a host name, {@code *.example.org} for all names below, an address or a network such as {@code 10.0.0.0/8}; a port may follow a name or an address ({@code host:9090}, {@code [::1]:9090})
     */
    public static HostRules of(String parameter, List<String> lines) throws DeliveryException {
        List<HostRule> rules = new ArrayList<>();
        for (String line : lines) {
            if (!line.isBlank()) {
                rules.add(HostRule.parse(parameter, line.strip()));
            }
        }
        return rules.isEmpty() ? UNLISTED : new HostRules(rules, parseAll(METADATA), true);
    }

    private static List<HostRule> parseAll(List<String> lines) {
        try {
            List<HostRule> rules = new ArrayList<>();
            for (String line : lines) {
                rules.add(HostRule.parse("hosts", line));
            }
            return rules;
        } catch (DeliveryException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Refuses an address that may not be sent requests and that is written out. No name server is asked, which may take
     * its time: a name is judged by whoever connects, with the addresses that it has then.
     *
     * @param parameter the parameter that names the URL, for the error
     * @param uri an absolute URL with a host
     * @throws DeliveryException of the kind {@link DeliveryException.Kind#REFUSED}
     */
    public void checkAddress(String parameter, URI uri) throws DeliveryException {
        if (uri.getHost() == null) {
            check(parameter, uri, List.of());
        } else if (isAddress(uri.getHost())) {
            check(parameter, uri, addresses(host(uri)));
        }
    }

    /**
     * Whether the host of a URL is an address that is written out, and no name: one that Java takes for an address
     * without asking a name server. Of the older spellings of IPv4 it takes some, {@code 2852039166} among them; other
     * numbers, such as {@code 999999999999}, are names to it.
     */
    public static boolean isAddress(String host) {
        return host.startsWith("[") || host.length() <= MAX_IPV4 && isIpv4(host.split("\\.", -1));
    }

    /** Each part is a byte, and the last one has what is left of the four. */
    private static boolean isIpv4(String[] parts) {
        if (parts.length > Integer.BYTES) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            int bytes = i < parts.length - 1 ? 1 : Integer.BYTES - i;
            boolean number = !parts[i].isEmpty() && parts[i].chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number || Long.parseLong(parts[i]) >> bytes * Byte.SIZE != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Refuses a host that may not be sent requests, by the addresses that were found for it, and that alone will be
     * connected to: then no other answer of a name server can come in between.
     *
     * @param parameter the parameter that names the URL, for the error
     * @param addresses those of the URL's host; without any only a list of hosts refuses it
     * @throws DeliveryException of the kind {@link DeliveryException.Kind#REFUSED}
     */
    public void check(String parameter, URI uri, List<InetAddress> addresses) throws DeliveryException {
        if (allowed.isEmpty() && refused.isEmpty()) {
            return;
        }
        String host = host(uri);
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        if (host == null || host.isEmpty()) {
            throw DeliveryException.invalid(parameter, "the URL has no host", "Write it like https://prometheus.example.org.");
        }
        for (InetAddress address : addresses) {
            if (refused.stream().anyMatch(rule -> rule.covers(address, port)) && allowed.stream().noneMatch(rule -> rule.covers(address, port))) {
                throw refused(parameter, host, "is an address of the local link or of a metadata service",
                        set ? "Name a server. An administrator can list the address as an allowed host." : "Name a server.");
            }
        }
        if (allowed.isEmpty() || allowed.stream().anyMatch(rule -> rule.covers(host, port))) {
            return;
        }
        boolean all = !addresses.isEmpty() && addresses.stream().allMatch(address -> allowed.stream().anyMatch(rule -> rule.covers(address, port)));
        if (!all) {
            throw refused(parameter, host + ":" + port, "is not one of the hosts that this Jenkins may send requests to", "Ask the administrator to allow it, or run the requests on an agent.");
        }
    }

    /** Whether they allow and refuse the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof HostRules rules && rules.allowed.equals(allowed) && rules.refused.equals(refused);
    }

    @Override
    public int hashCode() {
        return Objects.hash(allowed, refused);
    }

    private static String host(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            return null;
        }
        String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        // A dot at the end means the same name.
        return plain.endsWith(".") ? Ascii.lower(plain.substring(0, plain.length() - 1)) : Ascii.lower(plain);
    }

    private static List<InetAddress> addresses(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    private static DeliveryException refused(String parameter, String host, String why, String remedy) {
        return new DeliveryException(DeliveryException.Kind.REFUSED, parameter, "'" + host + "' " + why + ", so no request is sent to it", remedy, null);
    }
}
