package io.jenkins.plugins.mldelivery.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What of a model's folder gets into the image: everything except files that hold secrets, by what they are usually called, and what tools leave behind. The user keeps one with {@code include}.
 */
final class PackingRules {
    /** Keys, logins, states with secrets. */
    private static final List<String> SECRETS = List.of(
            ".env", ".env.*", "*.env", ".envrc", "secrets.toml", ".htpasswd", ".vault-token",
            ".ssh", ".gnupg", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.key", "*.ppk", "*.p12", "*.pfx",
            "*.jks", "*.keystore", "*.kdbx",
            ".aws", ".azure", ".gcloud", ".oci", ".boto", ".s3cfg", ".mc", "rclone.conf", ".config", ".kube",
            "kubeconfig", "kubeconfig.*", "*.kubeconfig", "credentials.json", "google_credentials.json",
            "gha-creds-*.json", "client_secret*.json", "application_default_credentials.json", "service-account*.json",
            "service_account*.json",
            ".docker", ".dockercfg", ".dockerconfigjson", ".netrc", "_netrc", ".pypirc", ".pip", "pip.conf", ".condarc",
            ".npmrc", ".m2", ".cargo", ".gem", ".pgpass", ".my.cnf", ".databrickscfg", ".snowflake", ".snowsql",
            ".kaggle", "kaggle.json", ".huggingface", ".dvc", ".modal.toml",
            "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", "*.tfplan", "tfplan", ".terraform", ".terraform.d",
            ".terraformrc", "*.tfrc.json");

    /** Histories and caches. */
    private static final List<String> LEFTOVERS = List.of(
            ".git*", ".hg", ".svn", ".*_history", "__pycache__", ".ipynb_checkpoints", ".mlflow", ".cache",
            ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", ".idea", ".vscode", ".ds_store");

    private static final List<NamePattern> LEFT_OUT = Stream.concat(SECRETS.stream(), LEFTOVERS.stream()).map(NamePattern::of).toList();

    /** Files that are looked into, since their names say nothing: certificates and service accounts. */
    private static final Set<String> LOOKED_INTO = Set.of("pem", "json");

    private final List<NamePattern> include;

    /** @param include patterns of what is packed all the same */
    PackingRules(List<String> include) {
        this.include = include.stream().map(NamePattern::of).toList();
    }

    /** The names that are left out, as patterns. */
    static List<String> leftOut() {
        return Stream.concat(SECRETS.stream(), LEFTOVERS.stream()).toList();
    }

    /**
     * Whether a file or folder is left out.
     *
     * @param name relative to the model's folder, with '/'
     */
    boolean leavesOut(String name) {
        boolean out = false;
        for (List<String> path : prefixes(name)) {
            if (include.stream().anyMatch(p -> p.matches(path))) {
                return false;
            }
            out |= LEFT_OUT.stream().anyMatch(p -> p.matches(path));
        }
        return out;
    }

    /** Whether something within a folder that is left out may be included. */
    boolean includesWithin() {
        return include.stream().anyMatch(NamePattern::isPath);
    }

    /** Whether a file is left out when it has a private key in it. */
    boolean looksInto(String name) {
        int dot = name.lastIndexOf('.');
        return dot >= 0 && LOOKED_INTO.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))
                && prefixes(name).stream().noneMatch(path -> include.stream().anyMatch(p -> p.matches(path)));
    }

    private static List<List<String>> prefixes(String name) {
        List<String> path = Arrays.asList(name.toLowerCase(Locale.ROOT).split("/", -1));
        List<List<String>> prefixes = new ArrayList<>();
        for (int i = 1; i <= path.size(); i++) {
            prefixes.add(path.subList(0, i));
        }
        return prefixes;
    }
}
