package io.jenkins.plugins.mldelivery.delivery.http;

import java.net.ProtocolException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request.
 *
 * @param method such as {@code GET}
 * @param uri absolute, {@code http} or {@code https}, with a host
 * @param headers without those of the connection and of the content's length, which are set here
 * @param content what it sends, or null for nothing
 */
public record HttpRequest(String method, URI uri, Map<String, String> headers, HttpContent content) {
    public HttpRequest {
        headers = new LinkedHashMap<>(headers);
    }

    boolean isTls() {
        return "https".equals(uri.getScheme());
    }

    int port() {
        return uri.getPort() >= 0 ? uri.getPort() : isTls() ? 443 : 80;
    }

    /** Without the port that belongs to the scheme. */
    String hostHeader() {
        return uri.getPort() < 0 || uri.getPort() == (isTls() ? 443 : 80) ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    /** @param absolute whether a proxy gets it, which wants to know the host */
    byte[] head(boolean absolute) throws ProtocolException {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = (absolute ? "http://" + hostHeader() : "") + path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        StringBuilder head = new StringBuilder(512).append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        append(head, "Host", hostHeader());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            append(head, header.getKey(), header.getValue());
        }
        if (content != null) {
            append(head, "Content-Length", String.valueOf(content.length()));
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whoever gave the headers has checked them; what gets here all the same must not become a second request, nor be quoted. */
    private static void append(StringBuilder head, String name, String value) throws ProtocolException {
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127 || c > 255) || name.chars().anyMatch(c -> c <= ' ' || c >= 127 || c == ':')) {
            throw new ProtocolException("a header has a character that no header may have");
        }
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
