package io.jenkins.plugins.mldelivery.deploy.targets;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;

/** What a model's pods read from ConfigMaps and Secrets at one moment. Its values leave this class only as hashes. */
final class ConfigContent {
    /** The first releases had a plain hash. */
    private static final Pattern PLAIN = Pattern.compile("[0-9a-f]{16}");
    private static final int DIGITS = 32;

    private final List<Item> items;

    /**
     * One ConfigMap or Secret.
     *
     * @param title kind and name
     * @param data as the cluster has it or will have it, null when there is no such object
     * @param written as the manifest has it, which the hash of the first releases was made of; null likewise
     * @param version uid and version of the object in the cluster when it has just these data, else null
     */
    record Item(String title, SortedMap<String, String> data, SortedMap<String, String> written, String version) {}

    /** @param items in the order of their titles */
    ConfigContent(List<Item> items) {
        this.items = List.copyOf(items);
    }

    /** The keyed hash of all data, and before it which key that is. */
    String hash(KeyedHash key) {
        StringBuilder all = new StringBuilder("ml-delivery configuration\n");
        for (Item item : items) {
            add(all, item.title());
            if (item.data() != null) {
                add(all, String.valueOf(item.data().size()));
                addAll(all, item.data());
            }
        }
        byte[] hash = key.of(all.toString().getBytes(StandardCharsets.UTF_8));
        return key.keyId() + ":" + HexFormat.of().formatHex(hash).substring(0, DIGITS);
    }

    /** Whether a hash was made with this key. */
    static boolean isBy(KeyedHash key, String hash) {
        return hash.startsWith(key.keyId() + ":");
    }

    /**
     * Whether a hash that this key did not make stands for the same data, as far as that can be known.
     *
     * @param versions the {@link #versions} that were noted with it, or null
     */
    boolean isSame(String hash, String versions) {
        return PLAIN.matcher(hash).matches() ? hash.equals(plainHash()) : versions != null && versions.equals(versions());
    }

    /**
     * The objects' versions, which change whenever somebody writes to them; null when one of them has other data in the
     * cluster than here. Says nothing of the data.
     */
    String versions() {
        StringBuilder all = new StringBuilder();
        for (Item item : items) {
            if (item.version() == null && item.data() != null) {
                return null;
            }
            add(all, item.title());
            add(all, item.data() == null ? "absent" : item.version());
        }
        return HexFormat.of().formatHex(sha256(all.toString())).substring(0, DIGITS);
    }

    private String plainHash() {
        StringBuilder all = new StringBuilder();
        for (Item item : items) {
            add(all, item.title());
            if (item.written() != null) {
                addAll(all, item.written());
            }
        }
        return HexFormat.of().formatHex(sha256(all.toString())).substring(0, 16);
    }

    private static void addAll(StringBuilder all, Map<String, String> data) {
        data.forEach((key, value) -> {
            add(all, key);
            add(all, value);
        });
    }

    /** With its length, so that no two lists of texts have the same bytes. */
    private static void add(StringBuilder all, String text) {
        all.append(text.getBytes(StandardCharsets.UTF_8).length).append(':').append(text);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
