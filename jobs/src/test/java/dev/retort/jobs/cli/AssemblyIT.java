package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** Looks into {@code retort.jar} and the jars of Spark that it meets at run time. */
class AssemblyIT {
  private static final Path TARGET = Path.of(System.getProperty("retort.root"), "jobs/target");
  private static final Path RETORT = TARGET.resolve("retort.jar");
  private static final Path SPARK = TARGET.resolve("spark/jars");
  private static final long MAX_BYTES = 100_000_000;

  @Test
  void theAssemblyIsSmallerThanOneHundredMegabytes() throws IOException {
    assertThat(Files.size(RETORT)).isLessThan(MAX_BYTES);
  }

  @Test
  void theAssemblyShadowsNoClassOfSpark() throws IOException {
    Set<String> shadowed = classes(RETORT);
    shadowed.retainAll(sparkClasses());

    assertThat(shadowed).isEmpty();
  }

  @Test
  void theAssemblyHoldsTheNativeLibrariesOfOnePlatform() throws IOException {
    List<String> platforms =
        entries(RETORT).stream()
            .filter(entry -> entry.matches(".*\\.(so|dll|dylib|jnilib)"))
            .map(entry -> entry.substring(0, entry.lastIndexOf('/')))
            .distinct()
            .sorted()
            .toList();

    assertThat(platforms)
        .hasSize(3)
        .anyMatch(folder -> folder.startsWith("ai/onnxruntime/native/"))
        .anyMatch(folder -> folder.startsWith("native/lib/linux-x86_64/"))
        .anyMatch(folder -> folder.startsWith("org/jline/nativ/"));
  }

  @Test
  void theAssemblyHoldsNoSignatureAndRelocatesProtobufAndYaml() throws IOException {
    List<String> entries = entries(RETORT);

    assertThat(entries)
        .noneMatch(entry -> entry.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"))
        .noneMatch(entry -> entry.startsWith("com/google/") || entry.startsWith("org/yaml/"))
        .contains(
            "dev/retort/shaded/protobuf/Message.class",
            "dev/retort/shaded/snakeyaml/Yaml.class",
            "log4j2.properties");
  }

  @Test
  void theAssemblyNamesItsMainClass() throws IOException {
    try (JarFile jar = new JarFile(RETORT.toFile())) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("dev.retort.jobs.cli.Main");
    }
  }

  @Test
  void sparkHasItsOwnJarsAndNoneOfOurs() throws IOException {
    List<String> names =
        sparkJars().stream().map(jar -> jar.getFileName().toString()).sorted().toList();

    assertThat(names)
        .contains("protobuf-java-3.19.6.jar", "spark-mllib_2.12-3.5.9.jar", "log4j-core-2.20.0.jar")
        .noneMatch(name -> name.matches("(retort|onnxruntime|picocli|snakeyaml|junit|assertj).*"));
    assertThat(names.stream().filter(name -> name.startsWith("protobuf-java"))).hasSize(1);
  }

  private static Set<String> sparkClasses() throws IOException {
    return sparkJars().stream().flatMap(jar -> classes(jar).stream()).collect(Collectors.toSet());
  }

  private static List<Path> sparkJars() throws IOException {
    try (Stream<Path> files = Files.list(SPARK)) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  private static Set<String> classes(Path jar) {
    return entries(jar).stream()
        .filter(entry -> entry.endsWith(".class") && !entry.endsWith("module-info.class"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> entries(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
