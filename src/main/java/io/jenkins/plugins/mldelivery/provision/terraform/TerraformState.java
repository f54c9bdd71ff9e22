package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Printable;

/**
 * Where a Terraform run is: small facts, persisted between commands. Never holds an output, a variable's value or
 * anything else that may be secret.
 *
 * @param stage the step that is to be done next (or is under way)
 * @param directory absolute folder of the code
 * @param privateDirectory absolute private folder of the plan and the variables
 * @param planDigest <code>sha256:…</code> of the plan file as <code>plan</code> wrote it, or null before there is one
 * @param add resources to create
 * @param change resources to change
 * @param destroy resources to delete
 * @param changed whether the plan has changes (outputs count)
 */
public record TerraformState(
        Stage stage,
        String directory,
        String privateDirectory,
        String planDigest,
        int add,
        int change,
        int destroy,
        boolean changed) {
    private static final int VERSION = 2;
    private static final int MAX_JSON = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The steps of a run, in order. */
    public enum Stage {
        /** terraform init */
        INIT,
        /** terraform plan -out */
        PLAN,
        /** take the digest of the plan file, before anything looks at it */
        DIGEST,
        /** terraform show -json of the plan, and the guard */
        SHOW,
        /** take the digest again: what was shown and guarded is what was planned */
        SHOWN,
        /** take it a third time, and at once terraform apply of the plan */
        APPLY,
        /** terraform output -json */
        OUTPUT,
        /** nothing left to do */
        DONE;

        private static Stage of(String name) {
            for (Stage stage : values()) {
                if (stage.name().equals(name)) {
                    return stage;
                }
            }
            return null;
        }
    }

    TerraformState to(Stage next) {
        return new TerraformState(next, directory, privateDirectory, planDigest, add, change, destroy, changed);
    }

    TerraformState withCounts(int newAdd, int newChange, int newDestroy, boolean newChanged) {
        return new TerraformState(
                stage, directory, privateDirectory, planDigest, newAdd, newChange, newDestroy, newChanged);
    }

    TerraformState withDigest(String digest) {
        return new TerraformState(stage, directory, privateDirectory, digest, add, change, destroy, changed);
    }

    /** The versioned JSON form. */
    public String toJson() {
        ObjectNode node = JSON.createObjectNode();
        node.put("version", VERSION);
        node.put("stage", stage.name());
        node.put("directory", directory);
        node.put("privateDirectory", privateDirectory);
        node.put("planDigest", planDigest);
        node.put("add", add);
        node.put("change", change);
        node.put("destroy", destroy);
        node.put("changed", changed);
        return node.toString();
    }

    /**
     * Reads the JSON form.
     *
     * @throws DeliveryException for the state of a run that another version of the plugin began, or a damaged one
     */
    public static TerraformState fromJson(String json) throws DeliveryException {
        JsonNode n = parse(json);
        if (n.path("version").asInt() != VERSION) {
            throw DeliveryException.invalid(
                    "state",
                    "another version of ML Delivery began this Terraform run (its state has the version "
                            + Printable.line(n.path("version").asText("?")) + ", this one needs " + VERSION
                            + "), so it can't be continued",
                    "See on the `agent` that the tool does not run any more, and run the `step` again: it plans anew,"
                            + " and what was applied stays.");
        }
        Stage stage = Stage.of(n.path("stage").asText());
        if (stage == null
                || !n.path("directory").isTextual()
                || !n.path("privateDirectory").isTextual()) {
            throw unreadable();
        }
        return new TerraformState(
                stage,
                n.path("directory").asText(),
                n.path("privateDirectory").asText(),
                n.path("planDigest").textValue(),
                n.path("add").asInt(),
                n.path("change").asInt(),
                n.path("destroy").asInt(),
                n.path("changed").asBoolean());
    }

    /** The private folder that a state of any version names, or null. */
    public static String privateDirectory(String json) {
        try {
            return parse(json).path("privateDirectory").textValue();
        } catch (DeliveryException e) {
            return null;
        }
    }

    private static JsonNode parse(String json) throws DeliveryException {
        try {
            JsonNode n = json.length() > MAX_JSON ? null : JSON.readTree(json);
            if (n != null && n.isObject()) {
                return n;
            }
        } catch (JsonProcessingException e) {
            // The sentence below says it all; the parser's quotes what it read.
            throw unreadable();
        }
        throw unreadable();
    }

    private static DeliveryException unreadable() {
        return DeliveryException.invalid(
                "state", "the state of the Terraform run can't be read", "Run the `step` again.");
    }
}
