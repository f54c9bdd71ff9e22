package io.jenkins.plugins.mldelivery.delivery.yaml;

/**
 * How much YAML texts may hold together.
 *
 * @param maxLength characters
 * @param maxDocuments documents, with empty ones
 * @param maxDepth levels of mappings and sequences in each other
 * @param maxNodes mappings, sequences, keys and values together
 */
public record YamlLimits(int maxLength, int maxDocuments, int maxDepth, int maxNodes) {
    /** Of a kubeconfig: 1 MiB, one document, 20 levels, 100,000 nodes. */
    public static final YamlLimits KUBECONFIG = new YamlLimits(1024 * 1024, 1, 20, 100_000);

    /**
     * Of the manifests of a step: 8 MiB, 1,000 documents, 100 levels (CustomResourceDefinitions are deep), 300,000
     * nodes, which take some 60 MB of memory while they are read, and 20 MB afterwards.
     */
    public static final YamlLimits MANIFESTS = new YamlLimits(8 * 1024 * 1024, 1_000, 100, 300_000);

    /** Of a model's manifests, which a rollout keeps as long as it goes on: 1 MiB, and 30,000 nodes. */
    public static final YamlLimits MODEL = new YamlLimits(1024 * 1024, 1_000, 100, 30_000);
}
