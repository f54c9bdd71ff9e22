package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A stored object with who manages which of its fields. The node is never changed once it is stored.
 *
 * @param object the object
 * @param managers manager to the paths of its fields
 */
record Entry(ObjectNode object, Map<String, Set<List<String>>> managers) {}
