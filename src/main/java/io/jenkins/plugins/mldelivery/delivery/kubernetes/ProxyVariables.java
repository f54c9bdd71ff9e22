package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.regex.Pattern;

/** The proxy that the variables of a shell name for a URL, as kubectl reads them. */
final class ProxyVariables {
    /** An IPv6 address with an IPv4 one in it has 45 characters, in brackets 47; a zone may follow. */
    private static final int LONGEST_ADDRESS = 80;
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");

    private ProxyVariables() {}

    /** @return null for none */
    static URI choose(Map<String, String> variables, URI uri) throws DeliveryException {
        String name = uri.getScheme().equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
        String used = isSet(variables, name) ? name : "ALL_PROXY";
        if (!isSet(variables, used) || isDirect(variables.getOrDefault("NO_PROXY", ""), uri.getHost())) {
            return null;
        }
        String text = variables.get(used).strip();
        return ServerAddress.proxy(used, "the variable", text.contains("://") ? text : "http://" + text);
    }

    private static boolean isSet(Map<String, String> variables, String name) {
        return !variables.getOrDefault(name, "").isBlank();
    }

    private static boolean isDirect(String noProxy, String host) {
        InetAddress address = address(host);
        if (host.equals("localhost") || address != null && address.isLoopbackAddress()) {
            return true;
        }
        for (String one : noProxy.split(",")) {
            String rule = Ascii.lower(one.strip());
            String suffix = rule.startsWith("*.") ? rule.substring(1) : rule.startsWith(".") ? rule : "." + rule;
            boolean byName = !rule.isEmpty()
                    && (rule.equals("*")
                            || host.equals(rule)
                            || address == null && ("." + host).endsWith(suffix) && !host.equals(suffix.substring(1)));
            if (byName || address != null && isWithin(address, rule)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWithin(InetAddress address, String rule) {
        int slash = rule.indexOf('/');
        InetAddress network = address(slash < 0 ? rule : rule.substring(0, slash));
        if (network == null) {
            return false;
        }
        byte[] a = address.getAddress();
        byte[] b = network.getAddress();
        int bits = slash < 0 ? a.length * 8 : bits(rule.substring(slash + 1));
        if (a.length != b.length || bits < 0 || bits > a.length * 8) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((a[bit / 8] & mask) != (b[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    /** An address that is written out; null for a name, which is not looked up. */
    private static InetAddress address(String text) {
        if (text.length() > LONGEST_ADDRESS || !ADDRESS.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
