package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes kubeconfigs that lie in wait: names that stand twice, entries that are null, empty or of another type, fields
 * in another case or with white space, anchors, merge keys, further documents, programs and files in used and unused
 * entries, in any order. Each one names a program that writes a marker and a file that holds one.
 */
final class HostileKubeconfigs {
    private static final List<String> NAMES = List.of("a", "b", "A", "a ", "\"\"", "null", "~", "5", "true");
    private static final List<String> VERSIONS =
            List.of("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1");

    private final Random random;
    private final Path program;
    private final Path file;
    /** How seldom something odd is. */
    private final int calm;

    /**
     * @param program what {@code exec} names
     * @param file what fields for files name
     */
    HostileKubeconfigs(Random random, Path program, Path file) {
        this.random = random;
        this.program = program;
        this.file = file;
        this.calm = List.of(1, 3, 10, 100).get(random.nextInt(4));
    }

    /** One of them; some are harmless. */
    String next() {
        List<String> parts = new ArrayList<>();
        add(parts, "apiVersion: v1");
        add(parts, "kind: Config");
        add(parts, "current-context: " + name(0));
        parts.add(list("clusters", "cluster"));
        parts.add(list("users", "user"));
        parts.add(list("contexts", "context"));
        if (one(8)) {
            parts.add(
                    list(pick("clusters", "users", "contexts", "Users", "users "), pick("cluster", "user", "context")));
        }
        if (one(12)) {
            parts.add(pick(
                    "preferences: {}",
                    "extensions: []",
                    "unknown: 1",
                    "? [a]\n: b",
                    "<<: {kind: Config}",
                    "*x : 1",
                    "!!set {a}",
                    "\"kind\": Config",
                    "- a"));
        }
        if (random.nextBoolean()) {
            Collections.shuffle(parts, random);
        }
        String text = String.join("\n", parts) + "\n";
        if (one(15)) {
            text = pick("---\n", "%YAML 1.1\n---\n", "# comment\n", "\uFEFF", "...\n") + text;
        }
        if (one(12)) {
            text += pick("---\n", "...\n")
                    + pick("", "users: []\n", next().lines().limit(20).reduce("", (all, line) -> all + line + "\n"));
        }
        return one(20) ? broken(text) : text;
    }

    private String broken(String text) {
        int at = random.nextInt(text.length());
        return one(2)
                ? text.substring(0, at)
                : text.substring(0, at)
                        + pick("\t", "{", "]", "\"", "\u0000", "&", "*", ":", "\r", "\u2028")
                        + text.substring(at);
    }

    private void add(List<String> parts, String line) {
        if (!one(15)) {
            parts.add(line);
        }
    }

    private String list(String field, String word) {
        int count = 1 + random.nextInt(3);
        StringBuilder list = new StringBuilder(field + ":" + (one(25) ? pick(" null", " {}", " text", " []") : ""));
        for (int i = 0; i < count; i++) {
            list.append("\n- ").append(entry(word, i));
        }
        return list.toString();
    }

    private String entry(String word, int index) {
        if (one(25)) {
            return pick("null", "{}", "text", "[]", "~", "- a", "5", "*a", "&x {name: a}");
        }
        String fields = random.nextInt(25) == 0 ? pick("null", "~", "", "[]", "text", "*x") : "{" + fields(word) + "}";
        String name = "name: " + name(random.nextInt(5) == 0 ? 0 : index);
        String body =
                (one(30) ? pick(word.toUpperCase(java.util.Locale.ROOT), "\"" + word + " \"", "cluster", "user") : word)
                        + ": " + (one(30) ? "&x " : "") + fields;
        String more = one(30) ? pick("\n  extra: 1", "\n  name: b", "\n  <<: {a: b}", "\n  " + word + ": {}") : "";
        return (random.nextBoolean() ? name + "\n  " + body : body + "\n  " + name) + more;
    }

    private String fields(String word) {
        List<String> fields = new ArrayList<>();
        switch (word) {
            case "cluster" -> {
                fields.add("server: "
                        + (one(4)
                                ? pick(
                                        "5",
                                        "~",
                                        "ftp://a",
                                        "127.0.0.1",
                                        "'https://user@127.0.0.1'",
                                        "'https://127.0.0.1:99999'")
                                : pick("https://127.0.0.1:6443", "'http://127.0.0.1:1'")));
                if (random.nextInt(10) == 0) {
                    fields.add(key("certificate-authority") + ": \"" + file + "\"");
                }
                maybe(fields, 15, "certificate-authority-data: " + pick("abc", "'!'", "LS0t", "5"));
                maybe(fields, 12, "insecure-skip-tls-verify: " + pick("true", "'true'", "yes", "1", "false"));
                maybe(
                        fields,
                        25,
                        "proxy-url: "
                                + pick(
                                        "'http://127.0.0.1:3128'",
                                        "socks5://127.0.0.1:1",
                                        "5",
                                        "\"" + file.toUri() + "\""));
                maybe(fields, 25, "tls-server-name: example.org");
            }
            case "user" -> {
                if (random.nextBoolean()) {
                    fields.add("token: "
                            + (one(3)
                                    ? pick("\"abc-token\\n\"", "5", "~", "''", "\"abc\\n-token\"", "[abc-token]")
                                    : "abc-token"));
                }
                if (random.nextInt(8) == 0) {
                    fields.add(exec());
                }
                maybe(fields, 8, key(pick("tokenFile", "client-certificate", "client-key")) + ": \"" + file + "\"");
                maybe(fields, 20, "client-certificate-data: abc");
                maybe(fields, 20, "client-key-data: " + pick("abc", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t"));
                maybe(
                        fields,
                        15,
                        pick(
                                "username: jane, password: jane-password",
                                "username: jane",
                                "password: 5",
                                "username: 'a:b', password: c"));
                maybe(
                        fields,
                        20,
                        pick(
                                "as: boss",
                                "as-groups: [a]",
                                "as-groups: a",
                                "as-user-extra: {a: [b]}",
                                "as-uid: '5'",
                                "as: ~"));
                maybe(
                        fields,
                        20,
                        "auth-provider: {name: oidc, config: {cmd-path: \"" + program
                                + "\", id-token: abc-token, idp-issuer-url: 'https://127.0.0.1:1'}}");
            }
            default -> {
                fields.add("cluster: " + name(random.nextInt(2)));
                fields.add("user: " + name(random.nextInt(2)));
                maybe(fields, 5, "namespace: " + pick("ml", "5", "~"));
            }
        }
        maybe(
                fields,
                30,
                pick(
                        "unknown: 1",
                        "extensions: [{name: x, extension: {a: b}}]",
                        "<<: {token: abc-token}",
                        "<<: *x",
                        "a: &y b",
                        "token: !!str abc-token",
                        "Token: abc-token"));
        Collections.shuffle(fields, random);
        return String.join(", ", fields);
    }

    private String exec() {
        String value = "{apiVersion: " + pick(VERSIONS.toArray(String[]::new)) + ", command: \"" + program + "\""
                + (one(2) ? ", interactiveMode: Never" : "") + "}";
        return key("exec") + ": " + (one(10) ? pick("~", "text", "[]", "{}", "{command: 5}", "{command: ~}") : value);
    }

    /** The field's name, seldom with something about it that a careless reader might trim away. */
    private String key(String name) {
        return one(10)
                ? pick(
                        "\"" + name + " \"",
                        "\" " + name + "\"",
                        "'" + name + "'",
                        name.toUpperCase(java.util.Locale.ROOT),
                        "&k " + name,
                        "!!str " + name,
                        "\"" + name + "\\0\"")
                : name;
    }

    private String name(int index) {
        return one(8)
                ? pick(NAMES.toArray(String[]::new))
                : List.of("a", "b", "c").get(index);
    }

    private void maybe(List<String> fields, int seldom, String field) {
        if (one(seldom)) {
            fields.add(field);
        }
    }

    private boolean one(int of) {
        return random.nextInt(of * calm) == 0;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
