package io.jenkins.plugins.mldelivery.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.BeforeClass;
import org.junit.Test;

/** The rules of the design's section "The house", held by ArchUnit on the compiled classes and, for the Jenkins packages, by reading their sources. */
public class HouseRulesTest {
    private static final String ROOT = "io.jenkins.plugins.mldelivery.";
    private static final int MOST_LINES = 420;
    private static JavaClasses classes;

    @BeforeClass
    public static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.jenkins.plugins.mldelivery");
        assertTrue("the engine's classes are not on the class path", classes.size() > 100);
    }

    @Test
    public void onlyStepsConfigAndViewKnowJenkins() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "steps..", ROOT + "config..", ROOT + "view..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("hudson..", "jenkins..", "org.kohsuke..", "org.jenkinsci..", "com.cloudbees..")
                .check(classes);
    }

    @Test
    public void thePartsDoNotKnowEachOther() {
        List<String> parts = List.of("image", "provision", "deploy", "verify");
        for (String part : parts) {
            String[] others = parts.stream().filter(p -> !p.equals(part)).map(p -> ROOT + p + "..").toArray(String[]::new);
            noClasses().that().resideInAPackage(ROOT + part + "..").should().dependOnClassesThat().resideInAnyPackage(others).check(classes);
        }
    }

    @Test
    public void whatIsSharedKnowsNoPart() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "delivery..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "image..", ROOT + "provision..", ROOT + "deploy..", ROOT + "verify..", ROOT + "cli..", ROOT + "playground..")
                .check(classes);
    }

    @Test
    public void theEngineDoesNotKnowTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "cli..", ROOT + "playground..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "cli..", ROOT + "playground..")
                .check(classes);
        noClasses().that().resideInAPackage(ROOT + "playground..").should().dependOnClassesThat().resideInAPackage(ROOT + "cli..").check(classes);
    }

    @Test
    public void packagesAreFreeOfCyclesWithinAPart() {
        SlicesRuleDefinition.slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    public void onlyTheCommandLineTouchesTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(classes);
    }

    @Test
    public void nothingUsesTheDefaultCharset() {
        noClasses().should().callMethodWhere(dependsOnDefaultCharset()).check(classes);
        noClasses().should().callConstructorWhere(dependsOnDefaultCharset()).check(classes);
    }

    /** It takes what does not begin as JSON for YAML, whose aliases make gigabytes of a few hundred characters. */
    @Test
    public void theClientLibrarysParserGetsOnlyJsonThatWasLookedAt() {
        Set<String> careful = Set.of("ListReading", "KeptTemplate", "ModelManifests", "ModelServices", "PodPages",
                "WholeObjects"); // What the library calls with an answer that the client has looked at.
        noClasses()
                .that(DescribedPredicate.describe("are not known to look first", c -> !careful.contains(c.getSimpleName())))
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "parse with the client library",
                        call -> call.getName().startsWith("unmarshal")
                                && call.getTargetOwner().getPackageName().startsWith("io.fabric8")))
                .check(classes);
    }

    /** A name server may keep a thread for long, and nobody can interrupt it: so it must be somebody's. */
    @Test
    public void namesAreResolvedInOnePlace() {
        // The others read addresses that are written out.
        Set<String> known = Set.of("NameLookup", "HostRules", "HostRule", "ProxyVariables", "AllowFrom");
        DescribedPredicate<JavaClass> others = DescribedPredicate.describe(
                "are not known to", c -> !known.contains(c.getSimpleName()));
        noClasses()
                .that(others)
                .and()
                .resideOutsideOfPackages(ROOT + "cli..", ROOT + "playground..")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "resolve a name",
                        call -> call.getTargetOwner().isEquivalentTo(InetAddress.class)
                                && Set.of("getByName", "getAllByName", "getLocalHost", "getHostName", "getCanonicalHostName")
                                        .contains(call.getName())))
                .orShould()
                .callConstructor(InetSocketAddress.class, String.class, int.class)
                .orShould()
                .callConstructor(Socket.class, String.class, int.class)
                .check(classes);
    }

    @Test
    public void everyServerIsOnLoopbackBehindTheGuard() {
        noClasses()
                .that()
                .doNotHaveSimpleName("LoopbackServer")
                .should()
                .callMethod(HttpServer.class, "create")
                .orShould()
                .callMethod(HttpServer.class, "create", InetSocketAddress.class, int.class)
                .orShould()
                .callConstructor(ServerSocket.class)
                .orShould()
                .callConstructor(ServerSocket.class, int.class)
                .orShould()
                .callMethod(ServerSocketChannel.class, "open")
                .check(classes);
    }

    @Test
    public void noStaticState() {
        fields().that().areStatic().and().doNotHaveName("$assertionsDisabled").should().beFinal().check(classes);
    }

    @Test
    public void theJenkinsPackagesKeepTheRulesToo() throws Exception {
        Pattern banned = Pattern.compile("System\\.(out|err|getenv|exit)|Charset\\.defaultCharset|catch \\(Throwable|@SuppressFBWarnings\\)|printStackTrace");
        List<String> found = new ArrayList<>();
        for (String part : List.of("steps", "config", "view")) {
            for (Path source : Repository.sources("src/main/java/io/jenkins/plugins/mldelivery/" + part)) {
                Files.readAllLines(source).stream().filter(banned.asPredicate()).forEach(line -> found.add(source.getFileName() + ": " + line.trim()));
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    public void noClassIsAGodClass() throws Exception {
        List<String> large = new ArrayList<>();
        for (String folder : List.of("src/main/java", "standalone/src/main/java")) {
            for (Path source : Repository.sources(folder)) {
                int lines = Files.readAllLines(source).size();
                if (lines > MOST_LINES) {
                    large.add(source.getFileName() + " has " + lines + " lines");
                }
            }
        }
        assertEquals(List.of(), large);
    }

    @Test
    public void publicTypesSayWhatTheyAre() throws Exception {
        Pattern type = Pattern.compile("(?m)^public (?:abstract |final |sealed |non-sealed )*(?:class|interface|record|enum|@interface) (\\w+)");
        List<String> silent = new ArrayList<>();
        for (String folder : List.of("src/main/java", "standalone/src/main/java")) {
            for (Path source : Repository.sources(folder)) {
                String text = Files.readString(source);
                var match = type.matcher(text);
                if (match.find() && !text.substring(0, match.start()).contains("/**")) {
                    silent.add(match.group(1));
                }
            }
        }
        assertEquals(List.of(), silent);
    }

    @Test
    public void theRulesWouldNoticeABreach() {
        // A rule over no class passes: this one shows that the imported classes are really looked at.
        assertFalse(noClasses().that().resideInAPackage(ROOT + "cli..").should().accessField(System.class, "out").evaluate(classes).getFailureReport().isEmpty());
    }

    private static DescribedPredicate<JavaCall<?>> dependsOnDefaultCharset() {
        Set<String> readers = Set.of(FileReader.class.getName(), FileWriter.class.getName());
        return DescribedPredicate.describe("use the default charset", call -> {
            JavaClass owner = call.getTargetOwner();
            List<String> parameters = call.getTarget().getRawParameterTypes().stream().map(JavaClass::getName).toList();
            boolean hasCharset = parameters.contains(Charset.class.getName());
            if (owner.isEquivalentTo(Charset.class) && call.getName().equals("defaultCharset")) {
                return true;
            }
            if (owner.isEquivalentTo(String.class)) {
                return call.getName().equals("getBytes") && parameters.isEmpty()
                        || call.getName().equals("<init>") && !parameters.isEmpty() && parameters.get(0).equals("[B") && !hasCharset && !parameters.contains("java.lang.String");
            }
            return readers.contains(owner.getName()) && !hasCharset
                    || owner.isEquivalentTo(InputStreamReader.class) && parameters.equals(List.of(InputStream.class.getName()))
                    || owner.isEquivalentTo(OutputStreamWriter.class) && parameters.equals(List.of(OutputStream.class.getName()));
        });
    }
}
