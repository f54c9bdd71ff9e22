package io.jenkins.plugins.mldelivery.provision;

import java.util.List;
import java.util.Map;

/** A request of a test: the defaults for the folder {@code infra}, with short times, but for what the test is about. */
public final class Asked {
    private String dir = "infra";
    private String tool = ProvisionRequest.DEFAULT_TOOL;
    private String action = ProvisionRequest.DEFAULT_ACTION;
    private Map<String, String> variables = Map.of();
    private Map<String, String> backendConfig = Map.of();
    private boolean allowDestroy;
    private String executable;
    private String namespace = ProvisionRequest.DEFAULT_NAMESPACE;
    private String lockTimeout = "5s";
    private String timeout = "1m";

    public Asked dir(String folder) {
        dir = folder;
        return this;
    }

    public Asked tool(String name) {
        tool = name;
        return this;
    }

    public Asked action(String word) {
        action = word;
        return this;
    }

    public Asked variables(Map<String, String> values) {
        variables = values;
        return this;
    }

    public Asked backendConfig(Map<String, String> values) {
        backendConfig = values;
        return this;
    }

    public Asked allowDestroy(boolean allowed) {
        allowDestroy = allowed;
        return this;
    }

    public Asked executable(String path) {
        executable = path;
        return this;
    }

    public Asked namespace(String name) {
        namespace = name;
        return this;
    }

    public Asked lockTimeout(String time) {
        lockTimeout = time;
        return this;
    }

    public Asked timeout(String time) {
        timeout = time;
        return this;
    }

    public ProvisionRequest request() {
        return new ProvisionRequest(
                dir, tool, action, variables, List.of(), backendConfig, allowDestroy, executable, namespace, lockTimeout, timeout);
    }
}
