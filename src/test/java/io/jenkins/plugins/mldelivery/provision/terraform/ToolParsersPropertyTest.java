package io.jenkins.plugins.mldelivery.provision.terraform;

import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.runner.RunWith;

/** Whatever a tool prints, or a file holds: a value or an error of the engine, in time. */
@RunWith(JUnitQuickcheck.class)
public class ToolParsersPropertyTest {
    private static final int TRIALS = 800;
    private static final String PLAN = "{\"format_version\":\"1.2\",\"variables\":{\"p\":{\"value\":\"secret-1\"}},\"resource_changes\":[{\"address\":\"a.b[\\\"c\\\"]\",\"change\":"
            + "{\"actions\":[\"delete\",\"create\"],\"before\":{\"x\":[1,2.5e3,true,null,\"t\"]},\"after\":null,\"before_sensitive\":{\"x\":[true]},\"after_sensitive\":false}}],"
            + "\"configuration\":{\"root_module\":{\"variables\":{\"p\":{\"sensitive\":true}}}}}";
    private static final String OUTPUTS = "{\"a\":{\"sensitive\":false,\"type\":[\"list\",\"string\"],\"value\":[\"x\",1,2.5,true,null,{\"b\":\"c\"}]},\"s\":{\"sensitive\":true,\"value\":\"t\"}}";
    private static final String EVENTS = "{\"type\":\"planned_change\",\"change\":{\"resource\":{\"addr\":\"a\"},\"action\":\"create\"}}\n"
            + "{\"type\":\"apply_start\",\"hook\":{\"resource\":{\"addr\":\"a\"},\"action\":\"create\"}}\n"
            + "{\"type\":\"apply_complete\",\"hook\":{\"resource\":{\"addr\":\"a\"},\"action\":\"create\",\"elapsed_seconds\":2}}\n"
            + "{\"type\":\"diagnostic\",\"diagnostic\":{\"severity\":\"error\",\"summary\":\"s\",\"detail\":\"d\",\"range\":{\"filename\":\"m.tf\",\"start\":{\"line\":7}}}}\n";
    private static final String STATE = "{\"version\":2,\"stage\":\"SHOW\",\"directory\":\"/ws\",\"privateDirectory\":\"/tmp/p\",\"planDigest\":null,\"add\":1,\"change\":0,\"destroy\":0,\"changed\":true}";
    private static final String CODE = "variable \"a\" {\n  sensitive = true\n  default = \"${x}\" # c\n}\nlocals { t = <<EOT\n x\nEOT\n}\n";

    private static Environment environment(Told told) {
        return new Environment((command, output) -> {
            throw new AssertionError("nothing is run");
        }, Clock.system(), Secrets.none(), told);
    }

    @Property(trials = TRIALS)
    public void plans(@From(HostileText.class) @HostileText.Like(PLAN) String text) {
        HostileText.survives(text, () -> {
            PlanReader plan = Fed.whole(new PlanReader(), text);
            assertTrue(plan.add() >= 0 && plan.destroy() >= plan.deleted().size());
            return plan;
        });
    }

    @Property(trials = TRIALS)
    public void outputs(@From(HostileText.class) @HostileText.Like(OUTPUTS) String text) {
        HostileText.survives(text, () -> {
            Map<String, Object> values = Fed.whole(new OutputsReader(), text).values();
            values.values().forEach(ToolParsersPropertyTest::assertPlain);
            // As Pipeline keeps it.
            new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(values);
            return values;
        });
    }

    private static void assertPlain(Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, one) -> assertPlain(one));
        } else if (value instanceof List<?> list) {
            list.forEach(ToolParsersPropertyTest::assertPlain);
        } else {
            boolean number = value instanceof Integer || value instanceof Long || value instanceof Double d && Double.isFinite(d);
            assertTrue(String.valueOf(value), value == null || value instanceof String || value instanceof Boolean || number);
        }
    }

    @Property(trials = TRIALS)
    public void events(@From(HostileText.class) @HostileText.Like(EVENTS) String text, boolean applying) {
        HostileText.survives(text, () -> {
            Told told = new Told();
            TerraformEvents events = Fed.whole(new TerraformEvents(environment(told), 3, applying), text);
            assertTrue(events.errors().length() + events.halfDone().length() < 2_000_000);
            return told;
        });
    }

    @Property(trials = TRIALS)
    public void plainTextOfAFailure(@From(HostileText.class) @HostileText.Like({"Error: Unsupported argument\n", "╷\n│ Error: x\n╵\n", "...   . . ."}) String text) {
        HostileText.survives(text, () -> {
            Environment environment = environment(new Told());
            TerraformFlow flow = new TerraformFlow(ProvisionRequest.of("infra"), "terraform", environment);
            TerraformState state = TerraformFlow.start("/ws", "/tmp/p");
            flow.output(state);
            return flow.advance(state, new CommandResult(1, text, text));
        });
    }

    @Property(trials = TRIALS)
    public void states(@From(HostileText.class) @HostileText.Like(STATE) String text) {
        HostileText.survives(text, () -> {
            TerraformState.privateDirectory(text);
            return TerraformState.fromJson(text);
        });
    }

    @Property(trials = TRIALS)
    public void declarations(@From(HostileText.class) @HostileText.Like({CODE, "{\"variable\":{\"a\":{\"sensitive\":true}}}"}) String text) {
        HostileText.survives(text, () -> {
            Declarations declarations = new Declarations();
            declarations.read("main.tf", text);
            declarations.read("main.tf.json", text);
            return declarations.sensitive();
        });
    }

    @Property(trials = TRIALS)
    public void settings(@From(HostileText.class) @HostileText.Like({"[\"a\",{\"b\":1}]", "{\"a\":[1,2]}", "plain"}) String text) {
        HostileText.survives(text, () -> {
            Settings settings = new Settings(Map.of("a", text, "password", text));
            settings.sensitive(java.util.Set.of());
            return settings.json() + settings.hcl();
        });
    }
}
