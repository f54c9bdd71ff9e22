package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.Test;

/** Where requests may go. */
public class HostRulesTest {
    /** As one who connects does it. */
    private static void check(HostRules rules, String url) throws DeliveryException {
        URI uri = URI.create(url);
        List<InetAddress> addresses;
        try {
            addresses = List.of(InetAddress.getAllByName(uri.getHost()));
        } catch (UnknownHostException e) {
            addresses = List.of();
        }
        rules.check("prometheus", uri, addresses);
    }

    @Test
    public void metadataAndLinkLocalAddressesAreRefusedInEverySpelling() {
        for (String host : List.of(
                "169.254.169.254", "2852039166", "0xa9fea9fe", "169.254.43518", "[fe80::1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
                "[::169.254.169.254]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "169.254.169.254.", "[fd20:ce::254]", "[fd00:c1::a9fe:a9fe]", "[fd00:42::42]", "[fd00:a9fe:a9fe::1]",
                "0.0.0.0", "0.1.2.3", "[::]", "[64:ff9b:1::a9fe:a9fe]", "[64:ff9b:1:fffe::a9fe:a9fe]", "[::ffff:0:a9fe:a9fe]")) {
            URI uri = URI.create("http://" + host + "/latest/meta-data");
            if (uri.getHost() == null) {
                continue; // Not a host to Java either: no request can be sent.
            }
            try {
                java.net.InetAddress.getByName(uri.getHost().replaceAll("[\\[\\]]", ""));
            } catch (java.net.UnknownHostException e) {
                continue; // Java does not take it for an address, so it can't be reached by it.
            }
            DeliveryException e = assertThrows(host, DeliveryException.class, () -> check(HostRules.standard(), uri.toString()));
            assertEquals(DeliveryException.Kind.REFUSED, e.kind());
            assertTrue(e.getMessage(), e.getMessage().startsWith("prometheus: '"));
        }
    }

    /** What is no address has to be asked of a name server, which may take its time. */
    @Test
    public void onlyWhatJavaTakesForAnAddressIsOne() throws Exception {
        for (String host : List.of("1.2.3.4", "010.1.1.1", "1.2.3", "1.65535", "2852039166", "0", "[::1]", "255.255.255.255")) {
            assertTrue(host, HostRules.isAddress(host));
            InetAddress.getAllByName(host);
        }
        for (String host : List.of("1.2.3.4.5", "999999999999", "4294967296", "1.2.3.256", "1.2.65536", "1..2", ".", "", "1.2.3.4.", "0000000000000001.2", "a.1")) {
            assertFalse(host, HostRules.isAddress(host));
        }
    }

    @Test
    public void ordinaryAddressesPass() throws Exception {
        for (String url : List.of("http://127.0.0.1:9090", "https://10.0.0.1", "http://[::1]:8080", "https://[2001:db8::1]", "http://localhost", "http://no-such-host.invalid")) {
            check(HostRules.standard(), url);
        }
        check(HostRules.any(), "http://169.254.169.254");
    }

    @Test
    public void aListAllowsOnlyItsHosts() throws Exception {
        HostRules rules = HostRules.of("hosts", List.of("Prometheus.example.org", "*.corp.example", "10.1.0.0/16", "127.0.0.1:9090", " ", "[::1]:81", "172.16.0.0/12"));
        for (String url : List.of("https://prometheus.example.org/x", "http://a.b.corp.example:7", "http://10.1.255.255", "http://127.0.0.1:9090", "http://[::1]:81", "http://PROMETHEUS.example.org.", "http://172.31.0.1")) {
            check(rules, url);
        }
        for (String url : List.of("https://prometheus.example.org.evil.example", "http://corp.example", "http://evilcorp.example", "http://10.2.0.0", "http://127.0.0.1:9091", "http://[::1]", "http://localhost:80", "http://172.32.0.1", "http://169.254.169.254")) {
            assertThrows(url, DeliveryException.class, () -> check(rules, url));
        }
    }

    @Test
    public void aLinkLocalAddressCanBeListed() throws Exception {
        HostRules rules = HostRules.of("hosts", List.of("169.254.1.1"));
        check(rules, "http://169.254.1.1");
        assertThrows(DeliveryException.class, () -> check(rules, "http://169.254.169.254"));
    }

    @Test
    public void whatIsNoHostIsRefused() {
        for (String line : List.of("http://x", "a b", "10.0.0.0/33", "::/129", "10.0.0.0/x", "host:0", "host:70000", "*", "*.", "-x", "a/8", "x".repeat(1000))) {
            assertThrows(line, DeliveryException.class, () -> HostRules.of("hosts", List.of(line)));
        }
    }
}
