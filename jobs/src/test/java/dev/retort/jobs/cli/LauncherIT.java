package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts {@code deploy/retort} as a user does. */
class LauncherIT {
  private static final Path ROOT = Path.of(System.getProperty("retort.root"));
  private static final Path LAUNCHER = ROOT.resolve("deploy/retort");
  private static final String RECIPE = ROOT.resolve("conf/recipes/fashion-mnist.yaml").toString();
  private static final long PATIENCE_SECONDS = 120;

  private static final String RESULT_OF_EXIT_CODE_4 =
      """
      {"status": "gate-failed", "exitCode": 4, "runId": "r", "reproducible": true, "message": "a gate is missed",
       "teacher": null, "steps": [], "stages": []}
      """;

  @TempDir private Path folder;

  @Test
  void aCommandWorksFromAnyFolderAndThroughALink() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("a folder"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("my retort"), LAUNCHER);

    Ended version = start(Map.of(), elsewhere, link.toString(), "version");

    assertThat(version.exitCode()).isZero();
    assertThat(version.output()).contains("ONNX Runtime 1.28.0");
  }

  @Test
  void theExitCodeIsPassedOn() throws Exception {
    Ended wrongRecipe =
        start(Map.of(), ROOT, LAUNCHER.toString(), "validate", RECIPE, "--set", "seed=x");
    Ended wrongModel = start(Map.of(), ROOT, LAUNCHER.toString(), "inspect", RECIPE);

    assertThat(wrongRecipe.exitCode()).isEqualTo(2);
    assertThat(wrongRecipe.output()).contains("seed (--set) is x");
    assertThat(wrongModel.exitCode()).isEqualTo(3);
  }

  @Test
  void theExitCodeIsPassedOnThroughSparkSubmit() throws Exception {
    Ended ended =
        start(Map.of(), ROOT, LAUNCHER.toString(), "compress", "no.yaml", "--master", "local[1]");

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.output()).contains("Cannot read the recipe no.yaml: there is no such file");
  }

  @Test
  void anotherJavaIsRefused() throws Exception {
    Path java = fake("jdk/bin/java", "echo 'openjdk version \"11.0.1\"' >&2");

    Ended ended =
        start(
            Map.of("JAVA_HOME", java.getParent().getParent().toString()),
            ROOT,
            LAUNCHER.toString(),
            "version");

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.output()).contains("its version is 11.0.1, must be 17; set JAVA_HOME");
  }

  @Test
  void anInstallationInSparkHomeIsUsedWithMasterAndJar() throws Exception {
    Path submit = fake("spark/bin/spark-submit", "printf '%s\\n' \"$@\"; exit 4");
    fake("spark/jars/spark-core_2.12-3.5.9.jar", "");

    Ended ended =
        start(
            Map.of("SPARK_HOME", submit.getParent().getParent().toString()),
            ROOT,
            LAUNCHER.toString(),
            "compress",
            RECIPE,
            "--master=spark://host:7077");

    assertThat(ended.exitCode()).isEqualTo(4);
    assertThat(ended.output().lines())
        .containsSubsequence("--master", "spark://host:7077")
        .containsSubsequence(ROOT.resolve("jobs/target/retort.jar").toString(), "compress", RECIPE);
  }

  @Test
  void optionsOfSparkSubmitMayStandAnywhere() throws Exception {
    Ended ended =
        start(
            Map.of("SPARK_HOME", fakeSpark("exit 0"), "RETORT_SPARK_OPTIONS", "--queue retort"),
            ROOT,
            LAUNCHER.toString(),
            "compress",
            "--conf",
            "spark.ui.enabled=false",
            RECIPE,
            "--executor-memory=4g",
            "--run-id",
            "mine");

    assertThat(ended.output().lines())
        .containsSubsequence(
            "--queue",
            "retort",
            "--conf",
            "spark.ui.enabled=false",
            "--executor-memory",
            "4g",
            ROOT.resolve("jobs/target/retort.jar").toString(),
            "compress",
            RECIPE,
            "--run-id",
            "mine");
  }

  @Test
  void everyOptionOfSparkSubmitIsTaken() throws Exception {
    Set<String> notForThisJar =
        Set.of("--class", "--kill", "--status", "--remote", "--py-files", "--properties-file");
    List<String> options = new ArrayList<>();
    for (String[] names : optionsOfSparkSubmit()) {
      Stream.of(names)
          .filter(name -> !notForThisJar.contains(name))
          .forEach(name -> options.addAll(List.of(name, "x=y")));
    }
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "compress", RECIPE));
    command.addAll(options);

    Ended ended =
        start(Map.of("SPARK_HOME", fakeSpark("exit 0")), ROOT, command.toArray(String[]::new));

    assertThat(options).hasSizeGreaterThan(40);
    assertThat(ended.output().lines())
        .containsSubsequence(options)
        .endsWith(ROOT.resolve("jobs/target/retort.jar").toString(), "compress", RECIPE);
  }

  @Test
  void inClusterModeFilesAreShippedAndTheExitCodeComesFromTheResult() throws Exception {
    Path result = Files.writeString(folder.resolve("result.json"), RESULT_OF_EXIT_CODE_4);
    String writeResult =
        "while [ $# -gt 0 ]; do [ \"$1\" != --result ] || { mkdir -p \"$(dirname \"$2\")\"; cp %s \"$2\"; }; shift; done"
            .formatted(result);
    Path measurements = Files.writeString(folder.resolve("measurements.json"), "{}");

    Ended ended =
        start(
            Map.of("SPARK_HOME", fakeSpark(writeResult)),
            folder,
            LAUNCHER.toString(),
            "compress",
            RECIPE,
            "--deploy-mode=cluster",
            "--measurements",
            measurements.getFileName().toString(),
            "--files",
            "teacher.onnx",
            "--work=w");

    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(4);
    assertThat(ended.output()).contains("a gate is missed");
    assertThat(ended.output().lines())
        .containsSubsequence("--files", "teacher.onnx," + RECIPE + ",measurements.json")
        .containsSubsequence(
            "compress", "fashion-mnist.yaml", "--measurements", "measurements.json")
        .containsSubsequence("--work", folder.toRealPath().resolve("w").toString(), "--result");
  }

  @Test
  void aResultInAnObjectStoreIsReadWithTheUsersSettings() throws Exception {
    Ended ended =
        start(
            Map.of("SPARK_HOME", fakeSpark("case \"$*\" in *' result '*) exit 4 ;; esac")),
            folder,
            LAUNCHER.toString(),
            "compress",
            RECIPE,
            "--deploy-mode=cluster",
            "--packages=org.apache.hadoop:hadoop-aws:3.3.4",
            "--work=s3a://bucket/w");

    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(4);
    assertThat(ended.output().lines())
        .containsSubsequence("compress", "--work", "s3a://bucket/w", "--result")
        .containsSubsequence(
            "--packages",
            "org.apache.hadoop:hadoop-aws:3.3.4",
            "--master",
            "local[1]",
            "--deploy-mode",
            "client",
            "result");
  }

  @Test
  void twoFilesOfOneNameAreNotShipped() throws Exception {
    assertRefused(
        "Cannot ship a/model.onnx and b/model.onnx: both are named model.onnx where the driver",
        "compress",
        RECIPE,
        "--deploy-mode=cluster",
        "--files=a/model.onnx,b/model.onnx");
  }

  @Test
  void sparksDefaultsDecideWhereTheDriverRuns() throws Exception {
    String home = fakeSpark("case \"$*\" in *' result '*) exit 4 ;; esac");
    Path defaults = Files.createDirectories(Path.of(home, "conf")).resolve("spark-defaults.conf");
    Files.writeString(defaults, "spark.submit.deployMode  cluster \nspark.master yarn\n");
    Path own = Files.writeString(folder.resolve("own.conf"), "spark.master local[2]\n");
    String work = "--work=s3a://bucket/w";

    Ended byDefaults = compress(Map.of("SPARK_HOME", home), work);
    Ended byFolder =
        compress(
            Map.of(
                "SPARK_HOME",
                home,
                "SPARK_CONF_DIR",
                Files.createDirectory(folder.resolve("empty")).toString()),
            work);
    Ended byFile = compress(Map.of("SPARK_HOME", home), work, "--properties-file=" + own);
    Ended byOption = compress(Map.of("SPARK_HOME", home), work, "--deploy-mode=client");

    assertThat(byDefaults.output().lines()).contains("--files", "--result");
    assertThat(byDefaults.exitCode()).isEqualTo(4);
    for (Ended client : List.of(byFolder, byFile, byOption)) {
      assertThat(client.output().lines()).doesNotContain("--files", "--result");
    }
  }

  private Ended compress(Map<String, String> environment, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "compress", RECIPE));
    command.addAll(List.of(options));
    return start(environment, folder, command.toArray(String[]::new));
  }

  @Test
  void aDriverThatLeavesNoResultIsAFailureOfTheCluster() throws Exception {
    Ended ended =
        start(
            Map.of("SPARK_HOME", fakeSpark("exit 1")),
            folder,
            LAUNCHER.toString(),
            "compress",
            RECIPE,
            "--deploy-mode",
            "cluster");

    assertThat(ended.exitCode()).isEqualTo(10);
    assertThat(ended.output()).contains("Cannot read the result", "repeat the command");
  }

  @Test
  void whatASparkUserWouldGetWrongIsRefused() throws Exception {
    assertRefused("its value is missing", "compress", RECIPE, "--conf");
    assertRefused(
        "--properties-file is no.conf, must be a readable file",
        "compress",
        RECIPE,
        "--properties-file",
        "no.conf");
    assertRefused(
        "Cannot run evaluate in cluster mode",
        "evaluate",
        RECIPE,
        "m.onnx",
        "--conf",
        "spark.submit.deployMode=cluster");
  }

  private void assertRefused(String message, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = LAUNCHER.toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);

    Ended ended = start(Map.of(), folder, command);

    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
    assertThat(ended.output()).contains(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"compress", "validate", "plan"})
  void aWrongSparkHomeIsRefused(String command) throws Exception {
    Ended ended =
        start(Map.of("SPARK_HOME", folder.toString()), ROOT, LAUNCHER.toString(), command, RECIPE);

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.output())
        .contains("Cannot use SPARK_HOME=" + folder, "bin/spark-submit is not there", "unset it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"compress", "version"})
  void anotherSparkIsRefused(String command) throws Exception {
    Path submit = fake("old/bin/spark-submit", "exit 0");
    fake("old/jars/spark-core_2.13-3.5.9.jar", "");
    String home = submit.getParent().getParent().toString();

    Ended ended = start(Map.of("SPARK_HOME", home), ROOT, LAUNCHER.toString(), command, RECIPE);

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.output()).contains("jars/ has no spark-core_2.12-3.5; name a Spark 3.5");
  }

  @Test
  void aQuickCommandHasTheHadoopSettingsOfSparkSubmit() throws Exception {
    String scheme = "--conf spark.hadoop.fs.odd.impl=org.apache.hadoop.fs.RawLocalFileSystem";
    String[] plan = {LAUNCHER.toString(), "plan", RECIPE, "--work", "odd:" + folder};

    Ended without = start(Map.of(), ROOT, plan);
    Ended with = start(Map.of("RETORT_SPARK_OPTIONS", "--name x " + scheme), ROOT, plan);

    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.output()).contains("no file system for the scheme \"odd\"");
    // Only the class that the setting names says so: it serves no scheme but its own.
    assertThat(with.output()).doesNotContain("no file system").contains("Wrong FS: odd:");
  }

  /** Spark's own list of the options that have a value. */
  private static String[][] optionsOfSparkSubmit() throws ReflectiveOperationException {
    Class<?> parser = Class.forName("org.apache.spark.launcher.SparkSubmitOptionParser");
    Constructor<?> constructor = parser.getDeclaredConstructor();
    constructor.setAccessible(true);
    Field options = parser.getDeclaredField("opts");
    options.setAccessible(true);
    return (String[][]) options.get(constructor.newInstance());
  }

  /** A Spark installation whose spark-submit prints its arguments and then runs a script. */
  private String fakeSpark(String script) throws IOException {
    Path submit = fake("spark/bin/spark-submit", "printf '%s\\n' \"$@\"\n" + script);
    Path home = submit.getParent().getParent();
    Files.createSymbolicLink(home.resolve("jars"), ROOT.resolve("jobs/target/spark/jars"));
    return home.toString();
  }

  private record Ended(int exitCode, String output) {}

  private Path fake(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private Ended start(Map<String, String> environment, Path directory, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("RETORT_NO_BUILD", "1");
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }
}
