package io.jenkins.plugins.mldelivery.house;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Assume;
import org.junit.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * One version of each dependency. The standalone POM names versions; the plugin takes its from Jenkins' BOM. So this test compares what the two files say, and, in whichever of the
 * two builds it runs, what is really on the class path with what the standalone POM says.
 */
public class VersionsTest {
    @Test
    public void theClassPathHasTheVersionsOfTheStandalonePom() throws Exception {
        Map<String, String> properties = properties(read("standalone/pom.xml"));
        assertEquals(properties.get("jackson.version"), PackageVersion.VERSION.toString());
        assertEquals(properties.get("kubernetes-client.version"), io.fabric8.kubernetes.client.Version.clientVersion());
        assertEquals(properties.get("junit.version"), junit.runner.Version.id());
    }

    /** A module that lags behind is a module whose holes are mended elsewhere only. */
    @Test
    public void modulesOfOneLibraryHaveOneVersion() throws Exception {
        Map<String, String> properties = properties(read("standalone/pom.xml"));
        Map<Pattern, String> families = Map.of(
                Pattern.compile("jackson-(?:core|databind|dataformat-\\w+|datatype-\\w+|module-[\\w-]+)-(\\d[\\d.]*)\\.jar"), properties.get("jackson.version"),
                Pattern.compile("(?:kubernetes-(?:client|model|httpclient)[\\w-]*?|zjsonpatch)-(\\d[\\d.]*)\\.jar"), properties.get("kubernetes-client.version"));
        List<String> jars = Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))).map(path -> Path.of(path).getFileName().toString()).toList();
        families.forEach((family, version) -> {
            List<Matcher> members = jars.stream().map(family::matcher).filter(Matcher::matches).toList();
            assertTrue(family + " is not on the class path", members.size() > 2);
            members.forEach(jar -> assertEquals(jar.group(), version, jar.group(1)));
        });
    }

    @Test
    public void thePomsNeverNameTwoVersionsOfOneArtifact() throws Exception {
        Assume.assumeTrue("the plugin's POM is not there", Files.isRegularFile(Repository.root().resolve("pom.xml")));
        Map<String, String> standalone = artifacts(read("standalone/pom.xml"));
        Map<String, String> plugin = artifacts(read("pom.xml"));
        List<String> differences = new ArrayList<>();
        plugin.forEach((artifact, version) -> {
            String other = standalone.get(artifact);
            if (other != null && !other.equals(version)) {
                differences.add(artifact + ": " + version + " in pom.xml, " + other + " in standalone/pom.xml");
            }
        });
        assertEquals(List.of(), differences);
    }

    @Test
    public void bothBuildsAskForTheSameJava() throws Exception {
        assertEquals("17", properties(read("standalone/pom.xml")).get("maven.compiler.release"));
    }

    @Test
    public void theStandalonePomNamesEachVersionOnce() throws Exception {
        Document pom = read("standalone/pom.xml");
        Map<String, String> properties = properties(pom);
        assertTrue(properties.size() > 5);
        for (Element dependency : elements(pom, "dependency")) {
            String version = child(dependency, "version");
            assertNotNull(child(dependency, "artifactId") + " has no version", version);
            assertTrue(child(dependency, "artifactId") + " does not use a property: " + version, version.startsWith("${"));
            assertNotNull(version, properties.get(version.substring(2, version.length() - 1)));
        }
    }

    /** `./ml-delivery test` runs both builds, and each leaves out what the other one runs. */
    @Test
    public void eachTestIsRunByOneOfTheTwoBuilds() throws Exception {
        Assume.assumeTrue("the plugin's POM is not there", Files.isRegularFile(Repository.root().resolve("pom.xml")));
        List<String> notStandalone = patterns("standalone/pom.xml", "testExclude");
        List<String> notInThePlugin = patterns("pom.xml", "exclude");
        Path tests = Repository.root().resolve("src/test/java");
        assertTrue(notInThePlugin.size() > 3);
        for (String excluded : notInThePlugin) {
            assertTrue(excluded + " is no package", Files.isDirectory(tests.resolve(excluded.replace("/**", ""))));
            assertFalse(excluded + " is left out by both builds", notStandalone.contains(excluded));
        }
        assertFalse("it compares the class paths of both builds", notInThePlugin.contains("io/jenkins/plugins/mldelivery/house/**"));
    }

    private static List<String> patterns(String pom, String tag) throws Exception {
        return elements(read(pom), tag).stream().map(e -> e.getTextContent().trim()).filter(p -> p.endsWith("/**")).toList();
    }

    private static Document read(String file) throws Exception {
        Path path = Repository.root().resolve(file);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(path.toFile());
    }

    private static Map<String, String> properties(Document pom) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Node n = elements(pom, "properties").get(0).getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element e) {
                properties.put(e.getTagName(), e.getTextContent().trim());
            }
        }
        return properties;
    }

    /** Dependencies and build plugins that carry a version, by their artifact. */
    private static Map<String, String> artifacts(Document pom) {
        Map<String, String> properties = properties(pom);
        Map<String, String> artifacts = new TreeMap<>();
        for (String tag : List.of("dependency", "plugin")) {
            for (Element e : elements(pom, tag)) {
                String version = child(e, "version");
                if (version != null) {
                    String name = child(e, "groupId") + ":" + child(e, "artifactId");
                    artifacts.put(name, version.startsWith("${") ? properties.get(version.substring(2, version.length() - 1)) : version);
                }
            }
        }
        return artifacts;
    }

    private static List<Element> elements(Document pom, String tag) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < pom.getElementsByTagName(tag).getLength(); i++) {
            elements.add((Element) pom.getElementsByTagName(tag).item(i));
        }
        return elements;
    }

    private static String child(Element element, String tag) {
        for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element e && e.getTagName().equals(tag)) {
                return e.getTextContent().trim();
            }
        }
        return null;
    }
}
