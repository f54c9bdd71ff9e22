package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;

/** One line of {@link HostRules}: a name, all names below a suffix, an address or a network; with a port or for all ports. */
final class HostRule implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final int MAX_LENGTH = 300;
    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
    private static final String REMEDY = "Write a host name, *.example.org, an address or a network such as 10.0.0.0/8; a port may follow, as in prometheus.example.org:9090.";

    /** A name in lower case, perhaps with {@code *.} before it; null for an address. */
    private final String name;
    /** The network's address; null for a name. */
    private final byte[] network;
    private final int bits;
    /** 0 for all ports. */
    private final int port;

    private HostRule(String name, byte[] network, int bits, int port) {
        this.name = name;
        this.network = network;
        this.bits = bits;
        this.port = port;
    }

    static HostRule parse(String parameter, String line) throws DeliveryException {
        String text = Ascii.lower(line);
        if (text.length() > MAX_LENGTH) {
            throw wrong(parameter, line.substring(0, MAX_LENGTH) + "…");
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            byte[] network = address(text.substring(0, slash));
            int bits = number(text.substring(slash + 1));
            if (network == null || bits < 0 || bits > network.length * 8) {
                throw wrong(parameter, line);
            }
            return new HostRule(null, network, bits, 0);
        }
        byte[] bare = address(text);
        if (bare != null) {
            return new HostRule(null, bare, bare.length * 8, 0);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        int port = colon < 0 ? 0 : number(text.substring(colon + 1));
        if (colon >= 0 && (port < 1 || port > 65_535)) {
            throw wrong(parameter, line);
        }
        byte[] address = address(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        if (address != null) {
            return new HostRule(null, address, address.length * 8, port);
        }
        if (!NAME.matcher(host).matches()) {
            throw wrong(parameter, line);
        }
        return new HostRule(host, null, 0, port);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostRule rule
                && Objects.equals(rule.name, name)
                && Arrays.equals(rule.network, network)
                && rule.bits == bits
                && rule.port == port;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, Arrays.hashCode(network), bits, port);
    }

    private static int number(String text) {
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
    }

    /** The bytes of an address; null for anything else, which is never looked up as a name. */
    private static byte[] address(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static DeliveryException wrong(String parameter, String line) {
        return DeliveryException.invalid(parameter, "'" + line + "' is not a host", REMEDY);
    }

    /** Whether it is for this name, in lower case and without a dot at its end. */
    boolean covers(String host, int onPort) {
        if (name == null || port != 0 && port != onPort) {
            return false;
        }
        return name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name);
    }

    /** Whether it is for this address. */
    boolean covers(InetAddress address, int onPort) {
        if (network == null || port != 0 && port != onPort) {
            return false;
        }
        byte[] bytes = unwrapped(address);
        if (bytes.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int mask = bits - bit >= 8 ? 0xff : 0xff << 8 - (bits - bit) & 0xff;
            if ((bytes[bit / 8] & mask) != (network[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The IPv4 address within an IPv6 one that stands for it: IPv4-compatible, NAT64 (RFC 6052, and RFC 8215 where its last 32 bits are the address), SIIT (RFC 2765) and 6to4 (RFC 3056). Java itself unwraps
     * IPv4-mapped ones.
     */
    private static byte[] unwrapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return bytes;
        }
        if (((Inet6Address) address).isIPv4CompatibleAddress() && !address.isLoopbackAddress() && !address.isAnyLocalAddress()) {
            return Arrays.copyOfRange(bytes, 12, 16);
        }
        if (startsWith(bytes, 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)
                || startsWith(bytes, 0x00, 0x64, 0xff, 0x9b, 0, 1)
                || startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) {
            return Arrays.copyOfRange(bytes, 12, 16);
        }
        if (startsWith(bytes, 0x20, 0x02)) {
            return Arrays.copyOfRange(bytes, 2, 6);
        }
        return bytes;
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
