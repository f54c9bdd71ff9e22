package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer other than success, as the API server's Status object tells it. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    ApiError(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    static ApiError notFound(ResourceType type, String name) {
        return new ApiError(404, "NotFound", type.plural() + (type.group().isEmpty() ? "" : "." + type.group()) + " \"" + name + "\" not found");
    }

    static ApiError conflict(String message) {
        return new ApiError(409, "Conflict", message);
    }

    static ApiError invalid(ResourceType type, String name, String message) {
        return new ApiError(422, "Invalid", type.kind() + " \"" + name + "\" is invalid: " + message);
    }

    int code() {
        return code;
    }

    ObjectNode status() {
        ObjectNode status = new ObjectMapper().createObjectNode();
        status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure").put("message", getMessage()).put("reason", reason).put("code", code);
        status.putObject("metadata");
        return status;
    }
}
