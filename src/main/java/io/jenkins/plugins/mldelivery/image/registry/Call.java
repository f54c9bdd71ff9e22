package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.http.HttpContent;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request.
 *
 * @param method HTTP method
 * @param uri address
 * @param scope token scopes that it needs, separated by blanks, such as <code>repository:team/churn:pull,push</code>; empty for none
 * @param headers headers without the authorisation
 * @param content the body, or null for none
 * @param sink takes the body of a successful answer, or null to have it in the answer
 * @param limit bytes of the body of a successful answer to keep at most
 * @param patience how many times the usual stall time the server may think; above 1 where it has to hash a whole blob
 */
record Call(
        String method, URI uri, String scope, Map<String, String> headers, HttpContent content, Sink sink, int limit, int patience) {
    /** The 4 MiB that the distribution specification names as the limit of a manifest. */
    static final int MAX_KEPT = 4 * 1024 * 1024;

    static Call of(String method, URI uri, String scope) {
        return new Call(method, uri, scope, Map.of(), null, null, MAX_KEPT, 1);
    }

    Call header(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Call(method, uri, scope, more, content, sink, limit, patience);
    }

    Call content(String mediaType, HttpContent newContent) {
        return new Call(method, uri, scope, headers, newContent, sink, limit, patience).header("Content-Type", mediaType);
    }

    Call sink(Sink newSink) {
        return new Call(method, uri, scope, headers, content, newSink, limit, patience);
    }

    Call limit(long newLimit) {
        return new Call(method, uri, scope, headers, content, sink, (int) Math.min(MAX_KEPT, newLimit), patience);
    }

    Call at(URI newUri) {
        return new Call(method, newUri, scope, headers, content, sink, limit, patience);
    }

    Call patience(int newPatience) {
        return new Call(method, uri, scope, headers, content, sink, limit, newPatience);
    }
}
