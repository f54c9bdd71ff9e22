package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.house.Repository;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command line as a user has it: the launcher of this repository, with a jar of the classes that are being tested,
 * in a folder of its own. So the launcher's options of Java count, and nothing is built.
 */
final class Installation {
    private static final String MAIN = "io.jenkins.plugins.mldelivery.cli.Main";

    private final Path launcher;

    private Installation(Path launcher) {
        this.launcher = launcher;
    }

    /** Makes one in an empty folder. */
    static Installation in(Path root) throws IOException {
        Path jar = root.resolve("standalone/target/ml-delivery.jar");
        // What the launcher compares the jar with.
        for (String folder :
                new String[] {"standalone/target", "standalone/src/main", "src/main/java", "docs/examples"}) {
            Files.createDirectories(root.resolve(folder));
        }
        Path pom = Files.createFile(root.resolve("standalone/pom.xml"));
        Files.setLastModifiedTime(pom, FileTime.fromMillis(0));
        pack(classes(), jar);
        Path launcher = root.resolve("ml-delivery");
        Files.copy(Repository.root().resolve("ml-delivery"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
        return new Installation(launcher);
    }

    /** The program to start. */
    Path launcher() {
        return launcher;
    }

    private static Path classes() {
        try {
            return Path.of(Class.forName(MAIN)
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As Maven packs it: the libraries stay where they are, and the manifest names them. */
    private static void pack(Path classes, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, MAIN);
        main.put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar"))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> all = Files.walk(classes)) {
            all.filter(Files::isRegularFile).forEach(one -> add(out, classes.relativize(one), one));
        }
    }

    private static void add(JarOutputStream out, Path name, Path file) {
        try {
            out.putNextEntry(new JarEntry(name.toString().replace(File.separatorChar, '/')));
            Files.copy(file, out);
            out.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
