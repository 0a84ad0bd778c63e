package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retort.jobs.stage.FashionFixture;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The files for containers, Kubernetes and YARN without an engine of theirs: what the image would
 * hold is laid out in a folder and started, what a cluster would read is handed to the launcher.
 */
class ContainerIT {
  private static final Path ROOT = FashionFixture.ROOT;
  private static final Pattern COPY = Pattern.compile("COPY (.+) /opt/retort/(\\S+)");
  private static final Pattern USER = Pattern.compile("USER (\\d+)");
  private static final String RECIPE = "conf/recipes/fashion-mnist.yaml";

  @TempDir private Path folder;

  private Path spark;

  @BeforeEach
  void makeSparkOfTheImage() throws IOException {
    spark = Files.createDirectories(folder.resolve("spark"));
    Files.createSymbolicLink(spark.resolve("jars"), ROOT.resolve("jobs/target/spark/jars"));
    script("spark/bin/spark-submit", "printf '%s\\n' \"$@\"");
  }

  @Test
  void whatTheImageHoldsIsEnoughToStart() throws Exception {
    Path image = folder.resolve("opt/retort");
    for (Matcher copy : lines("deploy/container/Dockerfile", COPY)) {
      for (String source : copy.group(1).split(" ", -1)) {
        copy(ROOT.resolve(source), target(image, source, copy.group(2)));
      }
    }

    assertThat(start(image, "version")).contains("ONNX Runtime 1.28.0", "Spark 3.5.9");
    assertThat(start(image, "compress", "my.yaml"))
        .contains(image.resolve("jobs/target/retort.jar").toString());
  }

  @Test
  void theImageRunsAsTheUserThatThePodsAskFor() throws IOException {
    List<Matcher> users = lines("deploy/container/Dockerfile", USER);
    Map<?, ?> spec = (Map<?, ?>) yaml("deploy/kubernetes/pod.yaml").get(0).get("spec");
    Map<?, ?> security = (Map<?, ?>) spec.get("securityContext");

    assertThat(users).hasSize(1);
    assertThat(security.get("runAsNonRoot")).isEqualTo(true);
    assertThat(security.get("runAsUser")).isEqualTo(Integer.valueOf(users.get(0).group(1)));
  }

  @Test
  void theDriversAccountIsTheOneWithTheRole() throws IOException {
    List<Map<String, Object>> documents = yaml("deploy/kubernetes/rbac.yaml");
    JsonNode binding = tree(documents.get(2));

    assertThat(documents)
        .extracting(each -> each.get("kind"))
        .containsExactly("ServiceAccount", "Role", "RoleBinding");
    assertThat(binding.at("/subjects/0/name").asText())
        .isEqualTo(tree(documents.get(0)).at("/metadata/name").asText())
        .isEqualTo(
            properties("deploy/kubernetes/spark.properties")
                .getProperty("spark.kubernetes.authenticate.driver.serviceAccountName"));
    assertThat(binding.at("/roleRef/name").asText())
        .isEqualTo(tree(documents.get(1)).at("/metadata/name").asText());
  }

  @Test
  void thePodTemplatesAreThere() throws IOException {
    Properties properties = properties("deploy/kubernetes/spark.properties");

    assertThat(properties.stringPropertyNames())
        .filteredOn(name -> name.endsWith("podTemplateFile"))
        .hasSize(2)
        .allSatisfy(name -> assertThat(ROOT.resolve(properties.getProperty(name))).isRegularFile());
  }

  @Test
  void theLauncherSubmitsInClusterModeWithTheFilesOfEachCluster() throws Exception {
    for (String cluster : List.of("kubernetes", "yarn")) {
      String properties = "deploy/" + cluster + "/spark.properties";
      String work = folder.resolve(cluster).toString();

      String output =
          start(ROOT, "compress", RECIPE, "--properties-file", properties, "--work", work);

      assertThat(output.lines())
          .as(cluster)
          .containsSubsequence("--properties-file", properties)
          .containsSubsequence("--files", RECIPE)
          .containsSubsequence("compress", "fashion-mnist.yaml", "--work", work, "--result");
    }
  }

  @Test
  void noFileHoldsASecret() throws IOException {
    for (String cluster : List.of("kubernetes", "yarn")) {
      assertThat(properties("deploy/" + cluster + "/spark.properties").stringPropertyNames())
          .as(cluster)
          .noneMatch(name -> name.matches(".*(secret\\.key|access\\.key|password|token)$"));
    }
  }

  /** Runs the launcher below {@code root} as the image would, and returns all that it printed. */
  private String start(Path root, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(root.resolve("deploy/retort").toString()));
    command.addAll(Arrays.asList(arguments));
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("RETORT_NO_BUILD", "1");
    Process process = builder.start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return Files.readString(output);
  }

  private static Path target(Path image, String source, String target) {
    boolean isFolder = target.endsWith("/");
    return isFolder
        ? image.resolve(target).resolve(Path.of(source).getFileName())
        : image.resolve(target);
  }

  private static void copy(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static List<Matcher> lines(String file, Pattern pattern) throws IOException {
    try (Stream<String> lines = Files.lines(ROOT.resolve(file))) {
      return lines.map(pattern::matcher).filter(Matcher::matches).toList();
    }
  }

  private static List<Map<String, Object>> yaml(String file) throws IOException {
    List<Map<String, Object>> documents = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(ROOT.resolve(file))) {
      for (Object document : new Yaml().loadAll(reader)) {
        Map<String, Object> map = new TreeMap<>();
        ((Map<?, ?>) document).forEach((key, value) -> map.put(key.toString(), value));
        documents.add(map);
      }
    }
    return documents;
  }

  private static JsonNode tree(Map<String, Object> document) {
    return new ObjectMapper().valueToTree(document);
  }

  private static Properties properties(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(ROOT.resolve(file))) {
      properties.load(reader);
    }
    return properties;
  }

  private void script(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
