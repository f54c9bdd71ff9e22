package io.jenkins.plugins.mldelivery.deploy.targets;

/**
 * Where each pod of a version has its metrics page.
 *
 * @param path begins with a slash
 */
record PageAddress(int port, String path) {
    /** Behind the pod's name in the API server's address of it. */
    String proxied() {
        return ":" + port + "/proxy" + path;
    }

    @Override
    public String toString() {
        return "port " + port + ", " + path;
    }
}
