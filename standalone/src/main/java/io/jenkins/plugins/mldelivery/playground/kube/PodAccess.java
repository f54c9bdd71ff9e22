package io.jenkins.plugins.mldelivery.playground.kube;

import java.util.List;

/** What the API server reaches of a running pod. */
interface PodAccess {
    /** The pod's log lines. */
    List<String> log(String namespace, String name);

    /** A GET to the pod's server. */
    Answer get(String namespace, String name, String path);

    /** The server's answer. */
    record Answer(int status, String contentType, byte[] body) {}
}
