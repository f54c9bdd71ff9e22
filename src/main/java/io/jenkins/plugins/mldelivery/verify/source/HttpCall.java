package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.http.HttpContent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A request.
 *
 * @param parameter the parameter that names the server, for errors
 * @param method GET or POST
 * @param uri where to
 * @param headers its headers, besides those of the login
 * @param body its body, empty for none
 * @param deadline until when it must have its answer
 */
record HttpCall(String parameter, String method, URI uri, Map<String, String> headers, String body, Deadline deadline) {
    static HttpCall get(String parameter, URI uri, Map<String, String> headers, Deadline deadline) {
        return new HttpCall(parameter, "GET", uri, headers, "", deadline);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    /** Null for none, as HTTP has it for GET. */
    HttpContent content() {
        return "GET".equals(method) ? null : HttpContent.of(bytes());
    }
}
