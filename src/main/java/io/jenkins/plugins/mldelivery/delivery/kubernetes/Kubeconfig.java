package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A kubeconfig as it was read: its entries, each name once. */
final class Kubeconfig {
    private static final int MAX_NAMES = 10;

    private final Map<KubeconfigSection, Map<String, KubeconfigEntry>> entries;
    private final String current;

    /** @param current the name of its current context, or null */
    Kubeconfig(Map<KubeconfigSection, Map<String, KubeconfigEntry>> entries, String current) {
        this.entries = new EnumMap<>(entries);
        this.current = current;
    }

    /**
     * The entries that count.
     *
     * @param user null for nobody
     */
    record Chosen(KubeconfigEntry context, KubeconfigEntry cluster, KubeconfigEntry user) {
        boolean has(KubeconfigEntry entry) {
            return entry == context || entry == cluster || entry == user;
        }
    }

    /**
     * Those of a context.
     *
     * @param wanted its name; null for the current one
     */
    Chosen choose(String wanted) throws DeliveryException {
        String name = wanted == null ? current : wanted;
        Map<String, KubeconfigEntry> contexts = entries.get(KubeconfigSection.CONTEXT);
        KubeconfigEntry context = name == null ? null : contexts.get(name);
        if (context == null) {
            String names = contexts.keySet().stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                    + (contexts.size() > MAX_NAMES ? ", …" : "");
            throw DeliveryException.invalid(
                    "context",
                    name == null
                            ? "the kubeconfig has no current context"
                            : "the kubeconfig has no context '" + name + "'",
                    contexts.isEmpty() ? "Add one to it." : "Choose one of: " + names + ".");
        }
        KubeconfigEntry cluster = find(context, KubeconfigSection.CLUSTER);
        if (cluster == null) {
            throw KubeconfigEntry.wrong(
                    "its " + context.title() + " names no cluster", "Complete it, or choose another context.");
        }
        return new Chosen(context, cluster, find(context, KubeconfigSection.USER));
    }

    private KubeconfigEntry find(KubeconfigEntry context, KubeconfigSection section) throws DeliveryException {
        String name = context.text(section.word());
        KubeconfigEntry found = name == null ? null : entries.get(section).get(name);
        if (name != null && found == null) {
            throw KubeconfigEntry.wrong(
                    "its " + context.title() + " names a " + section.word() + " that it does not have",
                    "Complete it, or choose another context.");
        }
        return found;
    }

    /**
     * Refuses it when any entry does what an untrusted one may not, see {@link
     * KubeconfigSection#refuseWhatIsUntrusted}.
     */
    void refuseWhatIsUntrusted(Chosen chosen) throws DeliveryException {
        for (KubeconfigEntry entry : new KubeconfigEntry[] {chosen.user(), chosen.cluster()}) {
            if (entry != null) {
                entry.section().refuseWhatIsUntrusted(entry, true); // First: that is what a person will mend.
            }
        }
        for (Map.Entry<KubeconfigSection, Map<String, KubeconfigEntry>> section : entries.entrySet()) {
            for (KubeconfigEntry entry : section.getValue().values()) {
                section.getKey().refuseWhatIsUntrusted(entry, chosen.has(entry));
            }
        }
    }
}
