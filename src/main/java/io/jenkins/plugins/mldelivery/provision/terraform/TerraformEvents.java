package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads Terraform's machine-readable UI (format <code>ui</code> 1.x, one JSON object a line; unknown types are ignored as its documentation asks) and tells each resource once.
 * Streamed values are never shown: the format leaves sensitive outputs out, but diagnostics may quote values, which is what a plan's user would see as well.
 */
final class TerraformEvents implements Consumer<String> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Environment environment;
    private final List<String> errors = new ArrayList<>();
    private final Set<String> started = new LinkedHashSet<>();
    private final Set<String> completed = new LinkedHashSet<>();
    private final Set<String> failed = new LinkedHashSet<>();
    private final int total;
    private final boolean applying;

    /**
     * @param total how many resources an apply will touch, 0 when it is the plan
     * @param applying whether the plan was told already: an apply of a saved plan begins by repeating it
     */
    TerraformEvents(Environment environment, int total, boolean applying) {
        this.environment = environment;
        this.total = total;
        this.applying = applying;
    }

    @Override
    public void accept(String line) {
        JsonNode event;
        try {
            event = line.startsWith("{") ? JSON.readTree(line) : null;
        } catch (JsonProcessingException e) {
            return; // Not a line of the protocol.
        }
        if (event == null) {
            return;
        }
        String address = event.at("/hook/resource/addr").asText(event.at("/change/resource/addr").asText(""));
        switch (event.path("type").asText()) {
            case "planned_change" -> planned("plan: " + event.at("/change/action").asText() + " " + address);
            case "resource_drift" -> planned("drift: " + address + " was changed outside (" + event.at("/change/action").asText() + ")");
            case "apply_start" -> {
                started.add(address);
                progress();
            }
            case "apply_complete" -> {
                completed.add(address);
                environment.info(Event.Stage.PROVISION, "done: " + event.at("/hook/action").asText() + " " + address + " in "
                        + event.at("/hook/elapsed_seconds").asText("0") + " s");
                progress();
            }
            case "apply_errored" -> failed.add(address);
            case "diagnostic" -> diagnostic(event.path("diagnostic"));
            default -> { }
        }
    }

    private void planned(String text) {
        if (!applying) {
            environment.info(Event.Stage.PROVISION, text);
        }
    }

    private void progress() {
        environment.events().accept(new Event.Progress(
                environment.clock().now(), Event.Stage.PROVISION, "apply", completed.size(), Math.max(total, started.size()), "resources"));
    }

    private void diagnostic(JsonNode d) {
        String where = d.at("/range/filename").asText("");
        String text = d.path("summary").asText() + (where.isEmpty() ? "" : " (" + where + ":" + d.at("/range/start/line").asText() + ")");
        String detail = d.path("detail").asText("").strip().replaceAll("\\s+", " ");
        String whole = detail.isEmpty() ? text : text + ": " + detail;
        if ("error".equals(d.path("severity").asText())) {
            errors.add(whole);
        } else {
            environment.warn(Event.Stage.PROVISION, whole);
        }
    }

    /** The error diagnostics so far, in one text; empty when there are none. */
    String errors() {
        return String.join("; ", errors).replaceAll("[.\\s]+$", "");
    }

    /** Resources that were done although the apply failed. */
    String halfDone() {
        Set<String> open = new LinkedHashSet<>(started);
        open.removeAll(completed);
        open.addAll(failed);
        return (completed.isEmpty() ? "" : "; done: " + String.join(", ", completed))
                + (open.isEmpty() ? "" : "; not done: " + String.join(", ", open));
    }
}
