package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Lines;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads Terraform's machine-readable UI (format <code>ui</code> 1.x, one JSON object a line; unknown types are ignored as its documentation asks) and tells each resource once.
 * Values of resources are never shown: the format leaves sensitive outputs out, but diagnostics may quote values, in which the {@link Environment} masks those that are known as secret.
 *
 * <p>A tool may print without end: lines are {@linkplain Lines cut}, and of everything that is told or kept there is a limit.
 */
final class TerraformEvents implements ToolReader {
    /** How many lines of the log one command makes. */
    static final int MAX_TOLD = 10_000;
    /** How many resources an error names as done or not done. */
    static final int MAX_NAMED = 1_000;
    /** How many errors are quoted. */
    static final int MAX_ERRORS = 20;
    /** How many warnings are logged. */
    static final int MAX_WARNINGS = 200;

    private static final int MAX_ADDRESS = 512;
    private static final int MAX_TEXT = 2_000;
    private static final int MAX_DETAIL = 16 * 1024;
    private static final int MAX_DEPTH = 100;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxStringLength(Lines.MAX_LINE).maxNameLength(Lines.MAX_LINE).build())
            // Names are not kept from one line to the next.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build());

    private final Environment environment;
    private final Lines lines = new Lines(this::line);
    private final List<String> errors = new ArrayList<>();
    private final Set<String> open = new LinkedHashSet<>();
    private final Set<String> done = new LinkedHashSet<>();
    private final int total;
    private final boolean applying;
    private int started;
    private int completed;
    private int moreErrors;
    private int warnings;
    private int told;

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
    public void accept(byte[] bytes, int length) {
        lines.accept(bytes, length);
    }

    @Override
    public void finish() {
        lines.finish();
        if (lines.cut() > 0) {
            environment.info(Event.Stage.PROVISION, lines.cut() + " lines of the tool's output were longer than " + Lines.MAX_LINE / 1024 + " KiB and were not read");
        }
    }

    private void line(String line) {
        JsonNode event;
        try {
            event = line.startsWith("{") ? JSON.readTree(line) : null;
        } catch (JsonProcessingException e) {
            return; // Not a line of the protocol.
        }
        if (event == null) {
            return;
        }
        String address = shorten(event.at("/hook/resource/addr").asText(event.at("/change/resource/addr").asText("")), MAX_ADDRESS);
        switch (event.path("type").asText()) {
            case "planned_change" -> planned("plan: " + word(event.at("/change/action")) + " " + address);
            case "resource_drift" -> planned("drift: " + address + " was changed outside (" + word(event.at("/change/action")) + ")");
            case "apply_start" -> {
                started++;
                remember(open, address);
                progress();
            }
            case "apply_complete" -> {
                completed++;
                open.remove(address);
                remember(done, address);
                info("done: " + word(event.at("/hook/action")) + " " + address + " in " + shorten(event.at("/hook/elapsed_seconds").asText("0"), MAX_ADDRESS) + " s");
                progress();
            }
            case "apply_errored" -> remember(open, address);
            case "diagnostic" -> diagnostic(event.path("diagnostic"));
            default -> { }
        }
    }

    private static void remember(Set<String> addresses, String address) {
        if (addresses.size() < MAX_NAMED) {
            addresses.add(address);
        }
    }

    private static String word(JsonNode node) {
        return shorten(node.asText(), MAX_ADDRESS);
    }

    private static String shorten(String text, int length) {
        return text.length() > length ? text.substring(0, length) + "…" : text;
    }

    private void planned(String text) {
        if (!applying) {
            info(text);
        }
    }

    private void info(String text) {
        if (told < MAX_TOLD) {
            told++;
            environment.info(Event.Stage.PROVISION, text);
            if (told == MAX_TOLD) {
                environment.info(Event.Stage.PROVISION, "more changes are not logged");
            }
        }
    }

    private void progress() {
        environment.events().accept(
                new Event.Progress(environment.clock().now(), Event.Stage.PROVISION, "apply", completed, Math.max(total, Math.max(started, completed)), "resources"));
    }

    private void diagnostic(JsonNode d) {
        boolean error = "error".equals(d.path("severity").asText());
        if (error && errors.size() >= MAX_ERRORS) {
            moreErrors++;
        } else if (error) {
            // Masked before it is cut.
            errors.add(shorten(environment.known().mask(text(d)), MAX_TEXT));
        } else if (warnings < MAX_WARNINGS) {
            warnings++;
            environment.warn(Event.Stage.PROVISION, text(d));
            if (warnings == MAX_WARNINGS) {
                environment.warn(Event.Stage.PROVISION, "more warnings are not logged");
            }
        }
    }

    private static String text(JsonNode d) {
        String where = d.at("/range/filename").asText("");
        String text = d.path("summary").asText() + (where.isEmpty() ? "" : " (" + where + ":" + d.at("/range/start/line").asText() + ")");
        String detail = d.path("detail").asText("").strip().replaceAll("\\s+", " ");
        return shorten(detail.isEmpty() ? text : text + ": " + detail, MAX_DETAIL);
    }

    /** The error diagnostics so far, in one text; empty when there are none. */
    String errors() {
        return ToolText.withoutEnd(String.join("; ", errors)) + (moreErrors > 0 ? "; and " + moreErrors + " more errors" : "");
    }

    /** Resources that were done although the apply failed. */
    String halfDone() {
        return (done.isEmpty() ? "" : "; done: " + String.join(", ", done) + more(completed - done.size()))
                + (open.isEmpty() ? "" : "; not done: " + String.join(", ", open) + more(started - completed - open.size()));
    }

    private static String more(int count) {
        return count > 0 ? " and " + count + " more" : "";
    }
}
