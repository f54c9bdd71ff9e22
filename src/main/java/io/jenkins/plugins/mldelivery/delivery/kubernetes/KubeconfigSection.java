package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kinds of entries of a kubeconfig, with their fields (package v1 of client-go's clientcmd, Kubernetes 1.34). */
enum KubeconfigSection {
    CLUSTER(
            "cluster",
            "clusters",
            new Fields()
                    .with(Use.COUNTS, Type.TEXT, "server", "tls-server-name", "certificate-authority-data", "proxy-url")
                    .with(Use.COUNTS, Type.FLAG, "insecure-skip-tls-verify", "disable-compression")
                    .with(Use.FILE, Type.TEXT, "certificate-authority")),
    USER(
            "user",
            "users",
            new Fields()
                    .with(
                            Use.COUNTS,
                            Type.TEXT,
                            "token",
                            "client-certificate-data",
                            "client-key-data",
                            "username",
                            "password")
                    .with(Use.FILE, Type.TEXT, "tokenFile", "client-certificate", "client-key")
                    .with(Use.PROGRAM, Type.ANY, "exec", "auth-provider")
                    .with(Use.IDENTITY, Type.ANY, "as", "as-uid", "as-groups", "as-user-extra")),
    CONTEXT("context", "contexts", new Fields().with(Use.COUNTS, Type.TEXT, "cluster", "user", "namespace"));

    private final String word;
    private final String list;
    private final Map<String, Field> fields;

    KubeconfigSection(String word, String list, Fields fields) {
        this.word = word;
        this.list = list;
        // Of tools, for themselves.
        this.fields = fields.with(Use.COUNTS, Type.ANY, "extensions").all;
    }

    /** Its name, and the field of an entry that holds its fields. */
    String word() {
        return word;
    }

    /** The field of the kubeconfig that holds the entries. */
    String list() {
        return list;
    }

    /** What a field does. */
    private enum Use {
        COUNTS,
        FILE,
        PROGRAM,
        IDENTITY
    }

    private enum Type {
        TEXT,
        FLAG,
        ANY
    }

    private record Field(Use use, Type type) {}

    private static final class Fields {
        private final Map<String, Field> all = new LinkedHashMap<>();

        Fields with(Use use, Type type, String... names) {
            for (String name : names) {
                all.put(name, new Field(use, type));
            }
            return this;
        }
    }

    /**
     * Refuses an entry that does more than to name a server, a login or both, or that another reader might understand
     * otherwise.
     *
     * @param used whether it is one of those that are chosen; the others are looked at all the same
     */
    void refuseWhatIsUntrusted(KubeconfigEntry entry, boolean used) throws DeliveryException {
        for (String name : entry.body().fields().keySet()) {
            Field field = fields.get(name);
            if (field == null) {
                throw KubeconfigEntry.wrong(
                        "line " + entry.body().keyLines().get(name) + ": its " + entry.title()
                                + " has a field that is not known",
                        "Remove it; 'kubectl config view --raw' writes the known ones only.");
            }
            if (field.use() != Use.COUNTS && entry.has(name)) {
                throw refusal(entry, field.use(), used);
            }
            switch (field.type()) {
                case TEXT -> entry.text(name);
                case FLAG -> entry.flag(name);
                case ANY -> {}
            }
        }
    }

    private static DeliveryException refusal(KubeconfigEntry entry, Use use, boolean used) {
        String problem = "its " + entry.title()
                + switch (use) {
                    case FILE -> " refers to a file, which is not read here";
                    case PROGRAM -> " gets credentials by starting a program, which is not allowed here";
                    default -> " acts as somebody else, which is not allowed here";
                };
        if (!used) {
            return KubeconfigEntry.wrong(
                    problem,
                    "Remove it; 'kubectl config view --raw --flatten --minify' writes the current context alone.");
        }
        return KubeconfigEntry.wrong(
                problem,
                switch (use) {
                    case FILE -> "Put the content into it: 'kubectl config view --raw --flatten'.";
                    case PROGRAM ->
                        "Use a kubeconfig with a token or a client certificate, for example of a service account.";
                    default -> "Use the credentials of that user or service account.";
                });
    }
}
