package io.jenkins.plugins.mldelivery.provision;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What <code>mlProvision</code> is asked for. The component names are the parameter names of the Jenkins step and (in kebab case) of the command line.
 *
 * @param dir folder of the infrastructure code, absolute or relative to the workspace
 * @param tool <code>auto</code> (by what lies in <code>dir</code>), <code>terraform</code>, <code>tofu</code> or <code>kubernetes</code>
 * @param action <code>apply</code> (plan, guard, apply exactly that plan), <code>plan</code> or <code>destroy</code>
 * @param variables Terraform input variables
 * @param varFiles Terraform variable files, relative to <code>dir</code>
 * @param backendConfig Terraform backend settings, passed to init
 * @param allowDestroy whether a plan may delete or replace resources
 * @param executable path or name of the tool, null to find <code>terraform</code> or <code>tofu</code> on the path
 * @param namespace default namespace of manifests that name none
 * @param lockTimeout how long to wait for the state's lock
 * @param timeout for the whole step
 */
public record ProvisionRequest(
        String dir,
        String tool,
        String action,
        Map<String, String> variables,
        List<String> varFiles,
        Map<String, String> backendConfig,
        boolean allowDestroy,
        String executable,
        String namespace,
        String lockTimeout,
        String timeout)
        implements Serializable {
    public static final String DEFAULT_TOOL = "auto";
    public static final String DEFAULT_ACTION = "apply";
    public static final String DEFAULT_LOCK_TIMEOUT = "5m";
    public static final String DEFAULT_TIMEOUT = "1h";
    public static final String DEFAULT_NAMESPACE = "default";

    public ProvisionRequest {
        variables = java.util.Collections.unmodifiableMap(new TreeMap<>(variables));
        varFiles = List.copyOf(varFiles);
        backendConfig = java.util.Collections.unmodifiableMap(new TreeMap<>(backendConfig));
    }

    /** A request with every default. */
    public static ProvisionRequest of(String dir) {
        return new ProvisionRequest(
                dir, DEFAULT_TOOL, DEFAULT_ACTION, Map.of(), List.of(), Map.of(), false, null, DEFAULT_NAMESPACE,
                DEFAULT_LOCK_TIMEOUT, DEFAULT_TIMEOUT);
    }
}
