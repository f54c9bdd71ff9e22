package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlLimits;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlNode;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlReader;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the text of a kubeconfig, once: what comes out is what the client library's configuration is made of. No name
 * stands there twice, since kubectl takes the first entry of a name and client libraries take the last.
 */
final class KubeconfigReader {
    private static final String REMEDY = "Give the file that kubectl uses.";
    private static final Set<String> FIELDS = Set.of(
            "apiVersion", "kind", "preferences", "clusters", "users", "contexts", "current-context", "extensions");

    private final boolean trusted;

    /**
     * @param trusted whether its author is the person who runs this process; then fields that are not known are
     * ignored, as kubectl does
     */
    KubeconfigReader(boolean trusted) {
        this.trusted = trusted;
    }

    /**
     * Reads.
     *
     * @param known learns the secrets of all users, before anything else is looked at
     * @throws DeliveryException when it is none, or too large, or has too many secrets, naming the entry or the line. The text is not quoted,
     *     but for the names of entries.
     */
    Kubeconfig read(String text, KnownSecrets known) throws DeliveryException {
        List<YamlNode> documents = new YamlReader("kubeconfig", YamlLimits.KUBECONFIG).read("the kubeconfig", text);
        if (documents.isEmpty() || !(documents.get(0) instanceof YamlNode.Mapping root)) {
            throw KubeconfigEntry.wrong("it is not a kubeconfig", REMEDY);
        }
        KubeconfigSecrets.learn(root, trusted, known);
        if (!trusted) {
            for (String name : root.fields().keySet()) {
                if (!FIELDS.contains(name)) {
                    throw KubeconfigEntry.wrong(
                            "line " + root.keyLines().get(name) + ": it has a field that is not known",
                            "Remove it; 'kubectl config view --raw' writes the known ones only.");
                }
            }
        }
        refuseOtherKinds(root);
        Map<KubeconfigSection, Map<String, KubeconfigEntry>> entries = new EnumMap<>(KubeconfigSection.class);
        for (KubeconfigSection section : KubeconfigSection.values()) {
            entries.put(section, entries(root, section));
        }
        if (entries.get(KubeconfigSection.CLUSTER).isEmpty()) {
            throw KubeconfigEntry.wrong("it has no cluster", REMEDY);
        }
        return new Kubeconfig(entries, text(root, "current-context"));
    }

    private static void refuseOtherKinds(YamlNode.Mapping root) throws DeliveryException {
        String kind = text(root, "kind");
        String version = text(root, "apiVersion");
        if (kind != null && !kind.equals("Config") || version != null && !version.equals("v1")) {
            throw KubeconfigEntry.wrong("it is not a kubeconfig of the version v1", REMEDY);
        }
    }

    private static String text(YamlNode.Mapping root, String field) throws DeliveryException {
        YamlNode value = root.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof YamlNode.Scalar scalar && scalar.value().isTextual()) {
            return scalar.value().textValue().isEmpty() ? null : scalar.value().textValue();
        }
        throw KubeconfigEntry.wrong("its field " + field + " is not a text", "Write it in quotes.");
    }

    private Map<String, KubeconfigEntry> entries(YamlNode.Mapping root, KubeconfigSection section)
            throws DeliveryException {
        Map<String, KubeconfigEntry> entries = new LinkedHashMap<>();
        YamlNode list = root.get(section.list());
        if (list == null) {
            return entries;
        }
        if (!(list instanceof YamlNode.Sequence sequence)) {
            throw KubeconfigEntry.wrong("its field " + section.list() + " is not a list", REMEDY);
        }
        for (YamlNode item : sequence.items()) {
            KubeconfigEntry entry = entry(section, item);
            if (entries.put(entry.name(), entry) != null) {
                throw KubeconfigEntry.wrong(
                        "line " + item.line() + ": it has two entries for " + entry.title(),
                        "Remove one of them; tools differ in which one they take.");
            }
        }
        return entries;
    }

    private KubeconfigEntry entry(KubeconfigSection section, YamlNode item) throws DeliveryException {
        String where = "line " + item.line() + ": an entry of its " + section.list();
        if (!(item instanceof YamlNode.Mapping fields)) {
            throw KubeconfigEntry.wrong(where + " has no fields", "Remove it.");
        }
        boolean named = fields.get("name") instanceof YamlNode.Scalar name
                && name.value().isTextual()
                && !name.value().textValue().isBlank();
        if (!named) {
            throw KubeconfigEntry.wrong(where + " has no name", "Give it a name, a text, or remove it.");
        }
        String name = ((YamlNode.Scalar) fields.get("name")).value().textValue();
        String title = KubeconfigEntry.title(section, name, item.line());
        if (!trusted) {
            for (String field : fields.fields().keySet()) {
                if (!field.equals("name") && !field.equals(section.word())) {
                    throw KubeconfigEntry.wrong(
                            "line " + fields.keyLines().get(field) + ": the entry of its " + title
                                    + " has a field that is not known",
                            "Remove it; 'kubectl config view --raw' writes the known ones only.");
                }
            }
        }
        YamlNode body = fields.get(section.word());
        if (body == null && trusted) {
            body = new YamlNode.Mapping(item.line(), Map.of(), Map.of());
        }
        if (!(body instanceof YamlNode.Mapping mapping)) {
            throw KubeconfigEntry.wrong(
                    "the entry of its " + title + " has no field '" + section.word() + "' with fields",
                    "Complete it, or remove it.");
        }
        return new KubeconfigEntry(section, name, mapping);
    }
}
