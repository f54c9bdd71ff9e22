package io.jenkins.plugins.mldelivery.delivery.kubernetes;

/**
 * The access to a cluster as it was checked. The client library gets this and nothing else: it never sees the text that
 * it came from.
 *
 * @param namespace of requests that name none, or null
 */
record CheckedAccess(ServerAddress server, ClientLogin login, String namespace) {}
