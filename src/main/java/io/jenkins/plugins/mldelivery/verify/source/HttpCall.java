package io.jenkins.plugins.mldelivery.verify.source;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A request.
 *
 * @param method GET or POST
 * @param uri where to
 * @param headers its headers, besides those of the login
 * @param body its body, empty for none
 */
record HttpCall(String method, URI uri, Map<String, String> headers, String body) {
    static HttpCall get(URI uri, Map<String, String> headers) {
        return new HttpCall("GET", uri, headers, "");
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
