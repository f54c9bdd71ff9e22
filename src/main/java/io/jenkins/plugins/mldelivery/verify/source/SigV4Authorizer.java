package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** AWS Signature Version 4, in the header <code>Authorization</code> (AWS Identity and Access Management User Guide, "Create a signed AWS API request"). */
final class SigV4Authorizer implements Authorizer {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final String region;
    private final String service;
    private final Login keys;
    private final SecretText session;
    private final Clock clock;

    /** @param session token of temporary credentials, or null */
    SigV4Authorizer(String region, String service, Login keys, SecretText session, Clock clock) {
        this.region = region;
        this.service = service;
        this.keys = keys;
        this.session = session;
        this.clock = clock;
    }

    @Override
    public Map<String, String> headers(HttpCall call) {
        return headers(call, clock.now(), Map.of());
    }

    /** @param others headers to sign besides, as AWS's test vectors do */
    Map<String, String> headers(HttpCall call, Instant now, Map<String, String> others) {
        String time = TIME.format(now);
        Map<String, String> added = new LinkedHashMap<>();
        added.put("X-Amz-Date", time);
        if (session != null) {
            added.put("X-Amz-Security-Token", session.reveal());
        }
        Map<String, String> signed = new TreeMap<>();
        signed.put("host", host(call.uri()));
        added.forEach((name, value) -> signed.put(Ascii.lower(name), value));
        others.forEach((name, value) -> signed.put(Ascii.lower(name), value.strip().replaceAll(" +", " ")));
        String names = String.join(";", signed.keySet());
        String canonical = call.method() + "\n" + path(call.uri()) + "\n" + query(call.uri()) + "\n"
                + signed.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue() + "\n").collect(Collectors.joining()) + "\n" + names + "\n" + sha256(call.bytes());
        String scope = time.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
        String toSign = ALGORITHM + "\n" + time + "\n" + scope + "\n" + sha256(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + keys.secret().reveal()).getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(time.substring(0, 8), region, service, "aws4_request")) {
            key = hmac(key, part);
        }
        added.put("Authorization", ALGORITHM + " Credential=" + keys.username() + "/" + scope + ", SignedHeaders=" + names + ", Signature=" + HexFormat.of().formatHex(hmac(key, toSign)));
        return added;
    }

    /** As the client sends it: without the port that belongs to the scheme. */
    private static String host(URI uri) {
        boolean usual = uri.getPort() == -1 || uri.getPort() == ("https".equals(uri.getScheme()) ? 443 : 80);
        return usual && uri.getPort() != -1 ? uri.getHost() : uri.getAuthority();
    }

    /** Normalised (RFC 3986, section 5.2.4), and encoded once more than it is sent, as all services but S3 want it. */
    private static String path(URI uri) {
        String raw = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        List<String> kept = new ArrayList<>();
        for (String segment : raw.split("/")) {
            if ("..".equals(segment)) {
                if (!kept.isEmpty()) {
                    kept.remove(kept.size() - 1);
                }
            } else if (!segment.isEmpty() && !".".equals(segment)) {
                kept.add(encoded(segment));
            }
        }
        String path = "/" + String.join("/", kept);
        return raw.endsWith("/") && !kept.isEmpty() ? path + "/" : path;
    }

    private static String query(URI uri) {
        if (uri.getRawQuery() == null || uri.getRawQuery().isEmpty()) {
            return "";
        }
        return Arrays.stream(uri.getRawQuery().split("&"))
                .map(pair -> pair.contains("=") ? pair.split("=", 2) : new String[] {pair, ""})
                .map(pair -> new String[] {encoded(decoded(pair[0])), encoded(decoded(pair[1]))})
                .sorted(Comparator.<String[], String>comparing(pair -> pair[0]).thenComparing(pair -> pair[1]))
                .map(pair -> pair[0] + "=" + pair[1])
                .collect(Collectors.joining("&"));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** All but the unreserved characters of RFC 3986 as %XY. */
    private static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC with SHA-256", e);
        }
    }
}
