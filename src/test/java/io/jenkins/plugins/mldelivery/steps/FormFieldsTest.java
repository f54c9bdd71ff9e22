package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.util.FormValidation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The engine's own checks are reached by the forms: each field that a person types into has one. */
public class FormFieldsTest {
    @ClassRule
    public static final FormsRule JENKINS = new FormsRule();

    private static final Path FORMS = Path.of("src/main/resources/io/jenkins/plugins/mldelivery/steps");
    private static final Pattern TYPED = Pattern.compile("<f:(textbox|number|textarea|password)\\b[^>]*>");
    private static final Pattern FIELD = Pattern.compile("\\b(field|name)=\"(\\w+)\"");
    private static final Pattern ENTRY = Pattern.compile("<f:entry[^>]*\\bfield=\"(\\w+)\"[^>]*>\\s*$");

    /** Fields of which the engine has nothing to say before the step runs. */
    private static final Set<String> UNCHECKED = Set.of(
            // Where they lead is known in the workspace alone.
            "BuildImageStep.layout", "DeployModelStep.manifests", "ProvisionStep.dir", "ProvisionStep.executable", "ProvisionStep.varFilesText",
            "VerifyMetricsStep.reportJson", "VerifyMetricsStep.reportJunit",
            // Of any content.
            "BuildImageStep.entrypointText", "OAuth2Auth.scopesText", "OAuth2Auth.audience",
            // An entry of a map does not know of which; the engine checks maps when the step begins.
            "Setting.value");

    @After
    public void open() {
        JENKINS.openToAnyone();
    }

    private static Descriptor<?> descriptor(String name) throws Exception {
        return Jenkins.get().getDescriptorOrDie((Class) Class.forName(FormFieldsTest.class.getPackageName() + "." + name));
    }

    private static Method check(Descriptor<?> descriptor, String field) {
        String name = "doCheck" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
        return Arrays.stream(descriptor.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && !method.isBridge())
                .findFirst()
                .orElse(null);
    }

    /** Calls a check of a field, of which the first text is the field's and the others are the fields' beside it. */
    private static FormValidation call(String place, Item item, String... texts) throws Exception {
        String[] parts = place.split("\\.");
        Descriptor<?> descriptor = descriptor(parts[0]);
        Method check = check(descriptor, parts[1]);
        assertNotNull(place + " has no check", check);
        Object[] arguments = new Object[check.getParameterCount()];
        Arrays.fill(arguments, "");
        arguments[0] = item;
        System.arraycopy(texts, 0, arguments, 1, texts.length);
        return (FormValidation) check.invoke(descriptor, arguments);
    }

    /** Fields as <code>class.field</code>. */
    private static Set<String> fields() throws Exception {
        Set<String> fields = new TreeSet<>();
        try (Stream<Path> forms = Files.walk(FORMS)) {
            for (Path form : forms.filter(file -> file.toString().endsWith(".jelly")).toList()) {
                String type = form.getParent().getFileName().toString();
                String text = Files.readString(form);
                Matcher typed = TYPED.matcher(text);
                while (typed.find()) {
                    Matcher own = FIELD.matcher(typed.group());
                    Matcher entry = ENTRY.matcher(text.substring(0, typed.start()));
                    assertTrue(typed.group(), own.find() || entry.find());
                    fields.add(type + "." + (own.reset().find() ? own.group(2) : entry.group(1)));
                }
            }
        }
        return fields;
    }

    @Test
    public void eachFieldThatIsTypedIntoIsChecked() throws Exception {
        Set<String> fields = fields();
        assertTrue(fields.toString(), fields.contains("DeployModelStep.port") && fields.contains("CanaryStrategy.stepsText"));
        Set<String> unchecked = new TreeSet<>();
        for (String field : fields) {
            String[] parts = field.split("\\.");
            Class<?> type = Class.forName(FormFieldsTest.class.getPackageName() + "." + parts[0]);
            // What several kinds have in common has no descriptor of its own.
            List<Descriptor<?>> descriptors = Jenkins.get().getExtensionList(Descriptor.class).stream()
                    .filter(d -> type.isAssignableFrom(d.clazz)).<Descriptor<?>>map(d -> d).toList();
            assertTrue(field, !descriptors.isEmpty());
            if (descriptors.stream().anyMatch(d -> check(d, parts[1]) == null)) {
                unchecked.add(field);
            }
        }
        assertEquals(new TreeSet<>(UNCHECKED), unchecked);
    }

    @Test
    public void whatTheEngineWouldRefuseIsShownInTheForm() throws Exception {
        String[][] wrong = {
            {"DeployModelStep.port", "99999", "it must be from 1 to 65535, not 99999."},
            {"DeployModelStep.port", "http", "is not a number"},
            {"DeployModelStep.metricsPort", "0", "it must be from 1 to 65535, not 0."},
            {"DeployModelStep.replicas", "-4", "it must be from 1 to 10000, not -4."},
            {"DeployModelStep.gpu", "-1", "it must be 0 or more, not -1."},
            {"DeployModelStep.tolerationsText", "a=b:Never", "Never"},
            {"DeployModelStep.allowFromText", "10.0.0.0/99", "10.0.0.0/99"},
            {"DeployModelStep.configMapsText", "one\none", "has a name twice"},
            {"DeployModelStep.secretsText", "Not A Name", "Not A Name"},
            {"DeployModelStep.timeout", "0s", "there is no time to do anything"},
            {"CanaryStrategy.hold", "ten", "ten"},
            {"CanaryStrategy.stepsText", "50, 10", "10"},
            {"CanaryStrategy.maxSurge", "-1", "it must be from 0"},
            {"ShadowStrategy.percent", "101", "it must be from 1 to 100, not 101."},
            {"IstioTraffic.destinationRule", "A_B", "A_B"},
            {"AutoscaleSettings.min", "0", "min is 0."},
            {"AutoscaleSettings.max", "3", "max 3 is less than min 5.", "5"},
            {"AutoscaleSettings.cpu", "0", "cpu is 0 %."},
            {"AutoscaleSettings.memory", "-1", "memory is -1 %."},
            {"AutoscaleSettings.prometheus", "nowhere", "nowhere"},
            {"BuildImageStep.model", "", "no model is given."},
            {"BuildImageStep.image", "a@sha256:" + "0".repeat(64), "has a digest"},
            {"BuildImageStep.base", "A B", "A B"},
            {"BuildImageStep.modelPath", "models", "is not an absolute folder"},
            {"BuildImageStep.platform", "linux", "linux"},
            {"BuildImageStep.port", "70000", "not 70000."},
            {"BuildImageStep.includeText", "../x", "is not a name or path"},
            {"BuildImageStep.timeout", "0s", "there is no time"},
            {"ProvisionStep.namespace", "A_B", "A_B"},
            {"ProvisionStep.lockTimeout", "soon", "soon"},
            {"VerifyMetricsStep.interval", "0s", "it is zero."},
            {"VerifyMetricsStep.interval", "999ms", "it is 999ms, and in Jenkins it must be at least 1s."},
            {"VerifyMetricsStep.timeout", "0s", "it is zero."},
            {"VerifyMetricsStep.podWarmUp", "20m", "the warm-up of a pod lasts as long as the whole wait."},
            {"VerifyMetricsStep.canary", "track", "track"},
            {"VerifyMetricsStep.scrapeCanaryText", "not a url", "not a url"},
            {"VerifyMetricsStep.noProxyText", "h\n".repeat(5000), "it has more than"},
            {"ErrorRateCheck.name", "n".repeat(201), "characters"},
            {"GaugeCheck.name", "n".repeat(201), "characters"},
            {"VerifySettings.interval", "0s", "it is zero."},
            {"VerifySettings.interval", "1ms", "it is 1ms, and in Jenkins it must be at least 1s."},
            {"VerifySettings.timeout", "soon", "soon"},
            {"Setting.name", " ", "Give the entry a name"},
        };
        for (String[] row : wrong) {
            String[] texts = row.length > 3 ? new String[] {row[1], row[3]} : new String[] {row[1]};
            FormValidation shown = call(row[0], null, texts);
            assertEquals(row[0] + " " + row[1] + ": " + shown.getMessage(), FormValidation.Kind.ERROR, shown.kind);
            assertTrue(row[0] + ": " + shown.getMessage(), shown.getMessage().contains(hudson.Util.escape(row[2])));
        }
        String[][] right = {
            {"DeployModelStep.port", "8080"}, {"DeployModelStep.replicas", ""}, {"DeployModelStep.replicas", "3"}, {"DeployModelStep.gpu", "1"},
            {"DeployModelStep.tolerationsText", "nvidia.com/gpu:NoSchedule"}, {"DeployModelStep.allowFromText", "10.0.0.0/8\nweb"},
            {"DeployModelStep.configMapsText", "one\ntwo"}, {"CanaryStrategy.hold", "2m"}, {"ShadowStrategy.percent", "50"},
            {"AutoscaleSettings.min", "20", "30"}, {"AutoscaleSettings.max", "3", "2"}, {"AutoscaleSettings.prometheus", "http://prometheus:9090"},
            {"AutoscaleSettings.memory", "80"}, {"IstioTraffic.destinationRule", "churn"}, {"BuildImageStep.includeText", ".env\n*.key"},
            {"BuildImageStep.port", "0"}, {"BuildImageStep.image", "ml/churn:1"}, {"VerifyMetricsStep.podWarmUp", "20m", "1h"},
            {"VerifyMetricsStep.scrapeStableText", "http://churn:8080/metrics"}, {"VerifyMetricsStep.noProxyText", "a.example.org\n.svc"},
            {"VerifyMetricsStep.canary", "track=\"canary\""}, {"SigV4Auth.service", "aps"}, {"Setting.name", "LOG_LEVEL"},
        };
        for (String[] row : right) {
            FormValidation shown = call(row[0], null, Arrays.copyOfRange(row, 1, row.length));
            assertEquals(row[0] + " " + row[1] + ": " + shown.getMessage(), FormValidation.Kind.OK, shown.kind);
        }
    }

    /** A check may look something up, and a text may be private: only who may change the job gets answers, and not by a link. */
    @Test
    public void checksAreForThoseWhoMayConfigureTheJobAndByPost() throws Exception {
        FreeStyleProject job = JENKINS.createFreeStyleProject();
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy().grant(Jenkins.READ, Item.READ).everywhere().to("reader"));
        Set<String> checked = new TreeSet<>(fields());
        checked.removeAll(UNCHECKED);
        try (ACLContext as = ACL.as(User.getById("reader", true))) {
            for (String field : checked) {
                String[] parts = field.split("\\.");
                Class<?> type = Class.forName(FormFieldsTest.class.getPackageName() + "." + parts[0]);
                for (Descriptor<?> descriptor : Jenkins.get().getExtensionList(Descriptor.class)) {
                    Method check = type.isAssignableFrom(descriptor.clazz) ? check(descriptor, parts[1]) : null;
                    if (check == null) {
                        continue; // See eachFieldThatIsTypedIntoIsChecked.
                    }
                    assertNotNull(check + " needs POST", check.getAnnotation(RequirePOST.class));
                    Object[] arguments = new Object[check.getParameterCount()];
                    Arrays.fill(arguments, "");
                    arguments[0] = job;
                    InvocationTargetException refused = assertThrows(
                            check.toString(), InvocationTargetException.class, () -> check.invoke(descriptor, arguments));
                    assertEquals(check.toString(), AccessDeniedException3.class, refused.getCause().getClass());
                }
            }
        }
    }

    /** Stapler takes a text that is no number for the default, and an empty one for zero. */
    @Test
    public void aNumberThatIsNoneIsNotSavedAndAnEmptyOneIsTheDefault() throws Exception {
        JSONObject form = new JSONObject();
        form.put("replicas", "");
        form.put("port", " 8080 ");
        FormFields.numbers(DeployModelStep.class, form);
        assertEquals("{\"port\":\"8080\"}", form.toString().replace(":8080", ":\"8080\""));
        form.put("replicas", "many");
        Descriptor.FormException wrong = assertThrows(Descriptor.FormException.class, () -> FormFields.numbers(DeployModelStep.class, form));
        assertEquals("replicas", wrong.getFormField());
    }
}
