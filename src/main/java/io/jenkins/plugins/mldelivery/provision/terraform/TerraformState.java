package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/**
 * Where a Terraform run is: small facts, persisted between commands. Never holds an output, a variable's value or anything else that may be secret.
 *
 * @param stage the step that is to be done next (or is under way)
 * @param directory absolute folder of the code
 * @param privateDirectory absolute private folder of the plan and the variables
 * @param planDigest SHA-256 of the approved plan file, or null before there is one
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
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The steps of a run, in order. */
    public enum Stage {
        /** terraform init */
        INIT,
        /** terraform plan -out */
        PLAN,
        /** terraform show -json of the plan, and the guard */
        SHOW,
        /** take the digest of the plan file */
        DIGEST,
        /** take it again, right before the apply */
        CHECK,
        /** terraform apply of the plan */
        APPLY,
        /** terraform output -json */
        OUTPUT,
        /** nothing left to do */
        DONE
    }

    TerraformState to(Stage next) {
        return new TerraformState(next, directory, privateDirectory, planDigest, add, change, destroy, changed);
    }

    TerraformState withCounts(int newAdd, int newChange, int newDestroy, boolean newChanged) {
        return new TerraformState(stage, directory, privateDirectory, planDigest, newAdd, newChange, newDestroy, newChanged);
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

    /** Reads the JSON form. */
    public static TerraformState fromJson(String json) throws DeliveryException {
        try {
            JsonNode n = JSON.readTree(json);
            if (n.path("version").asInt() != VERSION) {
                throw DeliveryException.invalid(
                        "state", "the state of the Terraform run has the unknown version " + n.path("version"), "Start the step again.");
            }
            return new TerraformState(
                    Stage.valueOf(n.path("stage").asText()), n.path("directory").asText(), n.path("privateDirectory").asText(),
                    n.path("planDigest").textValue(), n.path("add").asInt(), n.path("change").asInt(), n.path("destroy").asInt(),
                    n.path("changed").asBoolean());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "state", "the state of the Terraform run can't be read", "Start the step again.", e);
        }
    }
}
