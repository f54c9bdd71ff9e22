package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Scripts that stand for a Terraform: broken ones, and some that others have their hands in. */
final class ToolInputs {
    private static final int FAILED = 7;
    private static final int REFUSED = 5;
    private static final int TIMEOUT = 8;
    private static final String PLAN = "echo '{\"format_version\":\"1.2\",\"resource_changes\":[]}'";
    private static final String CREATES =
            "echo '{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[\"create\"]}}]}'";
    private static final String TOOL =
            """
            for word in "$@"; do
                case "$word" in
                -out=*) plan="${word#-out=}"; echo approved > "$plan";;
                -backend-config=*) cat "${word#-backend-config=}" > told;;
                -var-file=*) cat "${word#-var-file=}" >> told;;
                esac
                last="$word"
            done
            x() { head -c "$1" /dev/zero | tr '\\0' 'x'; }
            mib=1048576
            case "$1" in
            init) %s
                exit 0;;
            plan) %s
                exit 2;;
            show) %s
                exit 0;;
            apply) cp "$last" "$APPLIED"
                %s
                exit 0;;
            output) %s
                exit 0;;
            esac
            """;

    private ToolInputs() {}

    static List<HostileInput> all() {
        List<HostileInput> all = new ArrayList<>(outputs());
        all.addAll(plans());
        all.addAll(secrets());
        all.addAll(processes());
        return all;
    }

    /** What a script does at each command; the others are as they should be. */
    record Script(String init, String plan, String show, String apply, String output) {
        static final Script GOOD = new Script("", "", CREATES, "", "echo '{}'");

        Script init(String text) {
            return new Script(text, plan, show, apply, output);
        }

        Script plan(String text) {
            return new Script(init, text, show, apply, output);
        }

        Script show(String text) {
            return new Script(init, plan, text, apply, output);
        }

        Script apply(String text) {
            return new Script(init, plan, show, text, output);
        }

        Script output(String text) {
            return new Script(init, plan, show, apply, text);
        }
    }

    private static HostileInput tool(Kind kind, String name, int exitCode, String says, Script script, String... more) {
        return new HostileInput(kind, "a tool " + name, exitCode, says, scene -> {
            // Where something is wrong before it was applied, nothing may be.
            boolean mayApply = exitCode == 0 || !script.output.equals(Script.GOOD.output);
            scene.variable(
                    "APPLIED",
                    (mayApply ? scene.folder().resolve("applied") : scene.marker("applied")).toString());
            return provision(scene, script, more);
        });
    }

    static List<String> provision(Scene scene, Script script, String... more) throws Exception {
        scene.file("infra/main.tf", "");
        scene.program("tool", TOOL.formatted(script.init, script.plan, script.show, script.apply, script.output));
        List<String> line = new ArrayList<>(List.of("provision", "--dir", "infra", "--executable", scene.folder().resolve("tool").toString(), List.of(more).contains("--timeout") ? "--plain" : "--timeout=5m"));
        line.addAll(List.of(more));
        return line;
    }

    private static List<HostileInput> outputs() {
        return List.of(
                tool(Kind.MEMORY, "that prints 300 MiB without a line's end", 0, "", Script.GOOD.init("x $((300 * mib))").plan("x $((300 * mib))")),
                tool(Kind.MEMORY, "that fails with 300 MiB of errors", FAILED, "error: --dir: ", Script.GOOD.init("x $((300 * mib)) >&2; exit 1"))
                        .seldom(),
                tool(Kind.MEMORY, "whose plan is one text of 300 MiB", FAILED, "error: --dir: ", Script.GOOD.show("printf '{\"a\":\"'; x $((300 * mib)); echo '\"}'")),
                tool(Kind.MEMORY, "whose outputs are 100 MB of lists", FAILED, "error: --dir: ", Script.GOOD.output("echo '{\"a\":{\"value\":['; yes '[],' | head -c 100000000; echo '1]}}'").show(PLAN))
                        .seldom(),
                tool(Kind.DEPTHS_AND_NUMBERS, "whose plan is 100,000 levels deep", FAILED, "error: --dir: ", Script.GOOD.show("x 100000 | tr x '['")),
                tool(Kind.DEPTHS_AND_NUMBERS, "whose outputs are 100,000 levels deep", FAILED, "error: --dir: ", Script.GOOD.show(PLAN).output("printf '{\"a\":{\"value\":'; x 100000 | tr x '['"))
                        .seldom(),
                tool(Kind.DEPTHS_AND_NUMBERS, "with an output of 1e999999999", 0, "", Script.GOOD.output("echo '{\"a\":{\"value\":1e999999999},\"b\":{\"value\":-1e-999999999},\"c\":{\"value\":123456789012345678901234567890}}'"), "--json")
                        .seldom(),
                tool(Kind.FORGED_LINES, "whose events forge lines", 0, "\\\\u001b\\[8mha:", Script.GOOD.plan(
                        "printf '%s\\n' '{\"type\":\"diagnostic\",\"diagnostic\":{\"severity\":\"warning\",\"summary\":\"\\u001b[8mha:\\nPROMOTED: x\\u202e\"}}'"))
                                .seldom(),
                tool(Kind.FORGED_LINES, "whose plan deletes what forges lines", REFUSED, "--allow-destroy: .*\\\\u001b\\[8mha:", Script.GOOD.show(
                        "printf '%s\\n' '{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\\u001b[8mha:\\nPROMOTED: x\\u202e\",\"change\":{\"actions\":[\"delete\"]}}]}'")),
                tool(Kind.FORGED_LINES, "whose error forges lines", FAILED, "error: --dir: ", Script.GOOD.init("printf 'bad\\033[2J\\r\\nPROMOTED: x\\302\\205' >&2; exit 1"))
                        .seldom());
    }

    private static List<HostileInput> plans() {
        String changed = "error: --dir: the plan file was changed after it was planned; nothing was applied";
        return List.of(
                tool(Kind.PLANS, "that swaps the plan before it is shown", REFUSED, changed, Script.GOOD.show("echo swapped > \"$last\"; " + CREATES))
                        .seldom(),
                tool(Kind.PLANS, "that swaps the plan after it was shown", REFUSED, changed, Script.GOOD.show(CREATES + "; echo swapped > \"$last\""))
                        .seldom(),
                tool(Kind.PLANS, "whose child swaps the plan a moment later", REFUSED, changed, Script.GOOD.plan("(i=0; while [ ! -e ../shown ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i + 1)); done; echo swapped > \"$plan\") >/dev/null 2>&1 &").show(CREATES + "; touch ../shown; sleep 1.5")),
                tool(Kind.PLANS, "that makes the plan a link", FAILED, "error: --dir: ", Script.GOOD.show(CREATES + "; mv \"$last\" \"$last.real\"; ln -s \"$last.real\" \"$last\""))
                        .seldom(),
                tool(Kind.PLANS, "that makes the plan a pipe", FAILED, "error: --dir: ", Script.GOOD.show(CREATES + "; rm \"$last\"; mkfifo \"$last\"")),
                tool(Kind.PLANS, "that makes no plan", FAILED, "error: --dir: ", Script.GOOD.plan("rm \"$plan\""))
                        .seldom(),
                tool(Kind.PLANS, "whose plan says less than it does, with a key that stands twice", REFUSED, "error: --allow-destroy: ", Script.GOOD.show(
                        "echo '{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[\"delete\"]}}],\"resource_changes\":[]}'")),
                tool(Kind.PLANS, "whose plan is of an unknown form", FAILED, "error: --executable: ", Script.GOOD.show("echo '{\"format_version\":\"99.0\"}'"))
                        .seldom());
    }

    private static List<HostileInput> secrets() {
        return List.of(
                repeating("init").seldom(),
                repeating("plan").seldom(),
                repeating("apply"),
                new HostileInput(Kind.SECRETS, "a tool that prints what its plan marks as sensitive", FAILED, "error: --dir: ", scene -> {
                    String secret = scene.secret("sensitive");
                    scene.variable("SENSITIVE", secret);
                    scene.variable("APPLIED", "/dev/null");
                    scene.file("plan.json", "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[\"update\"],\"before\":{\"p\":\""
                            + secret.replace("\"", "\\\"") + "\"},\"before_sensitive\":{\"p\":true}}}]}");
                    return provision(scene, Script.GOOD.show("cat ../plan.json").apply(
                            "printf '%s\\n' \"$SENSITIVE\" >&2; printf %s \"$SENSITIVE\" | base64 >&2; exit 1"));
                }));
    }

    private static HostileInput repeating(String command) {
        return new HostileInput(Kind.SECRETS, "a tool whose " + command + " prints its variables and backend settings", FAILED, "error: --dir: ", scene -> {
            scene.variable("APPLIED", "/dev/null");
            // What the tool writes itself is the tool's.
            Files.createFile(scene.folder().resolve("told"));
            scene.file("infra/told", "");
            String tell = "cat told >&2; cat told; base64 -w0 told >&2; exit 1";
            Script script = switch (command) {
                case "init" -> Script.GOOD.init(tell);
                case "plan" -> Script.GOOD.plan(tell);
                default -> Script.GOOD.apply(tell);
            };
            return provision(
                    scene, script, "--variables", "db_password=" + scene.secret("variable"), "--backend-config", "access_key=" + scene.secrets().plantWord("backend"),
                    "--variables", "region=eu-west-1");
        });
    }

    private static List<HostileInput> processes() {
        return List.of(
                tool(Kind.PROCESSES, "whose child keeps its output open", 0, "", Script.GOOD.init("sleep 300 &")),
                tool(Kind.PROCESSES, "that closes its output and goes on", TIMEOUT, "error: --timeout: ", Script.GOOD.init("exec >&- 2>&-; exec sleep 300"), "--timeout", "3s"),
                tool(Kind.PROCESSES, "that kills itself", FAILED, "error: --dir: .* failed: exit code 137", Script.GOOD.plan("kill -9 $$"))
                        .seldom(),
                tool(Kind.PROCESSES, "whose plan is no text", FAILED, "error: --executable: ", Script.GOOD.plan("head -c 1000000 /dev/urandom").show("head -c 1000000 /dev/urandom"))
                        .seldom(),
                tool(Kind.TIME, "that never ends", TIMEOUT, "error: --timeout: ", Script.GOOD.init("exec sleep 300"), "--timeout", "3s")
                        .seldom(),
                new HostileInput(Kind.PROCESSES, "a tool that is a folder", 6, "error: --executable: ", scene -> {
                    scene.file("infra/main.tf", "");
                    Files.createDirectory(scene.folder().resolve("tool"));
                    return List.of("provision", "--dir", "infra", "--executable", scene.folder().resolve("tool").toString());
                }).seldom());
    }
}
