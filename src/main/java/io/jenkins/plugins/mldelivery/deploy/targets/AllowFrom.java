package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Names;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads who may reach a model's pods: <code>namespace</code>, <code>label=value</code> (pods in the model's own namespace), <code>namespace/label=value</code>, or an address range such as
 * <code>10.0.0.0/8</code>. A label whose prefix has a dot (<code>app.kubernetes.io/name=gateway</code>) is a label, since no namespace has a dot.
 */
public final class AllowFrom {
    private static final String PARAMETER = "allowFrom";
    private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";
    private static final int MAX_NAMESPACE = 63;
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    private AllowFrom() {}

    /** @throws DeliveryException naming <code>allowFrom</code> */
    public static List<NetworkPolicyPeer> parse(List<String> texts) throws DeliveryException {
        List<NetworkPolicyPeer> peers = new ArrayList<>();
        for (String text : texts) {
            peers.add(parse(text));
        }
        return peers;
    }

    private static NetworkPolicyPeer parse(String text) throws DeliveryException {
        int equals = text.indexOf('=');
        if (equals < 0) {
            return text.indexOf('/') < 0 ? new NetworkPolicyPeerBuilder().withNewNamespaceSelector().addToMatchLabels(NAMESPACE_NAME, namespace(text)).endNamespaceSelector().build() : range(text);
        }
        String key = text.substring(0, equals);
        String value = Names.labelValue(PARAMETER, text.substring(equals + 1));
        int slash = key.indexOf('/');
        NetworkPolicyPeerBuilder peer = new NetworkPolicyPeerBuilder();
        if (slash >= 0 && !key.substring(0, slash).contains(".")) {
            peer.withNewNamespaceSelector().addToMatchLabels(NAMESPACE_NAME, namespace(key.substring(0, slash))).endNamespaceSelector();
            key = key.substring(slash + 1);
        }
        return peer.withNewPodSelector().addToMatchLabels(Names.qualified(PARAMETER, key), value).endPodSelector().build();
    }

    private static String namespace(String text) throws DeliveryException {
        return Names.dnsLabel(PARAMETER, text, MAX_NAMESPACE);
    }

    private static NetworkPolicyPeer range(String text) throws DeliveryException {
        int slash = text.indexOf('/');
        String address = text.substring(0, slash);
        String bits = text.substring(slash + 1);
        boolean v6 = address.indexOf(':') >= 0;
        if (!(v6 ? isV6(address) : isV4(address)) || !bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > (v6 ? IPV6_BITS : IPV4_BITS)) {
            throw DeliveryException.invalid(
                    PARAMETER, "'" + text + "' is not a valid address range", "Write it like 10.0.0.0/8; a namespace is written like serving, pods like serving/app=gateway.");
        }
        return new NetworkPolicyPeerBuilder().withNewIpBlock().withCidr(text).endIpBlock().build();
    }

    private static boolean isV4(String address) {
        String number = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
        return address.matches(number + "(\\." + number + "){3}");
    }

    private static boolean isV6(String address) {
        if (!address.matches("[0-9A-Fa-f:][0-9A-Fa-f:.]*")) {
            return false;
        }
        try {
            // With a colon it is a literal, for which nobody is asked.
            InetAddress.getByName(address);
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
