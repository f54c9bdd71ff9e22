package io.jenkins.plugins.mldelivery.provision;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What <code>mlProvision</code> did.
 *
 * @param tool the tool that ran: <code>terraform</code>, <code>tofu</code> or <code>kubernetes</code>
 * @param applied whether anything was applied (false for <code>plan</code>)
 * @param changed whether the plan had changes
 * @param add resources to be (or that were) created
 * @param change resources changed in place
 * @param destroy resources deleted (a replacement counts as one add and one destroy)
 * @param outputs Terraform outputs that are not sensitive: strings, numbers, booleans, lists and maps
 * @param planDigest <code>sha256:…</code> of the plan that was approved and applied, or null when there is none
 */
public record ProvisionResult(
        String tool,
        boolean applied,
        boolean changed,
        int add,
        int change,
        int destroy,
        Map<String, Object> outputs,
        String planDigest)
        implements Serializable {

    public ProvisionResult {
        outputs = java.util.Collections.unmodifiableMap(new TreeMap<>(outputs));
    }

    /** The result as the Pipeline step returns it. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tool", tool);
        map.put("applied", applied);
        map.put("changed", changed);
        map.put("add", add);
        map.put("change", change);
        map.put("destroy", destroy);
        map.put("outputs", new LinkedHashMap<>(outputs));
        map.put("planDigest", planDigest);
        return map;
    }
}
