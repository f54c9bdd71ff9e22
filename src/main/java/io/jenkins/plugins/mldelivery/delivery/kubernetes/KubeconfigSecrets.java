package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the secrets within a kubeconfig, of used and unused users, whatever their shape is: an error may be about any
 * of them.
 */
final class KubeconfigSecrets {
    private static final Pattern SECRET = Pattern.compile("token|password|passwd|secret|-key-data|(^|[-_])key$");
    private static final Set<String> PATHS = Set.of("client-key", "tokenfile");
    private static final Pattern VARIABLE = Pattern.compile("token|password|passwd|secret|key");

    /**
     * Secrets of all users: each text that is masked is searched for each form of each. A key in Base64 counts twice,
     * since what it stands for is one as well.
     */
    static final int MAX_SECRETS = 300;

    private KubeconfigSecrets() {}

    /**
     * Learns them all.
     *
     * @throws DeliveryException when there are more than {@link #MAX_SECRETS} and its author is somebody else
     */
    static void learn(YamlNode.Mapping root, boolean trusted, KnownSecrets known) throws DeliveryException {
        List<SecretText> found = new ArrayList<>();
        if (root.get("users") != null) {
            collect(root.get("users"), "", found);
        }
        if (!trusted && found.size() > MAX_SECRETS) {
            throw KubeconfigEntry.wrong(
                    "its users have more than " + MAX_SECRETS + " secrets",
                    "'kubectl config view --raw --flatten --minify' writes the current context alone.");
        }
        known.learn(found);
    }

    /** The recursion ends at the reader's limit of the depth. */
    private static void collect(YamlNode node, String name, List<SecretText> found) {
        if (node instanceof YamlNode.Sequence list) {
            list.items().forEach(item -> collect(item, name, found));
        } else if (node instanceof YamlNode.Mapping mapping) {
            for (Map.Entry<String, YamlNode> field : mapping.fields().entrySet()) {
                collect(field.getValue(), Ascii.lower(field.getKey().strip()), found);
            }
            // A variable of a program: its name and its value are two fields.
            if (mapping.get("name") instanceof YamlNode.Scalar variable
                    && mapping.get("value") instanceof YamlNode.Scalar value
                    && VARIABLE.matcher(Ascii.lower(variable.value().asText()))
                            .find()) {
                add(value, found);
            }
        } else if (node instanceof YamlNode.Scalar scalar
                && !PATHS.contains(name)
                && SECRET.matcher(name).find()) {
            add(scalar, found);
            if (name.endsWith("-data")) {
                addDecoded(scalar.value().asText(), found);
            }
        }
    }

    private static void add(YamlNode.Scalar scalar, List<SecretText> found) {
        if (!scalar.isNull() && !scalar.value().asText().isBlank()) {
            found.add(SecretText.of(scalar.value().asText()));
        }
    }

    private static void addDecoded(String base64, List<SecretText> found) {
        try {
            found.add(SecretText.of(new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            found.add(SecretText.of(base64)); // It is told when it is used.
        }
    }
}
