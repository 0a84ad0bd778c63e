package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.FashionFixture;
import dev.retort.jobs.stage.Launcher;
import dev.retort.jobs.stage.ModelOutcome;
import dev.retort.jobs.stage.Pipeline;
import dev.retort.jobs.stage.RunResult;
import dev.retort.jobs.stage.StoreHashes;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on a real cluster of this machine gives the hashes of embedded Spark. */
class ClusterIT {
  private static final String MODEL =
      FashionFixture.ROOT.resolve("data/models/fashion-resnet.onnx").toString();
  private static final List<String> SPARK_SUBMIT =
      List.of("deploy/spark-submit", "--class", "dev.retort.jobs.cli.Main");

  /** Enough where the driver's place is what is tried: on few cores each process starts slowly. */
  private static final List<String> ONE_EXECUTOR = List.of("--total-executor-cores", "1");

  private static final String JAR = "jobs/target/retort.jar";

  @TempDir private static Path folder;

  private static LocalCluster cluster;
  private static FashionFixture fixture;
  private static RunResult embedded;

  @BeforeAll
  static void compressOnEmbeddedSpark() throws Exception {
    cluster = LocalCluster.started(folder.resolve("cluster"), "--cores", "2");
    fixture = new FashionFixture(folder);
    embedded = Pipeline.compress(fixture.request("embedded", Map.of()));
  }

  @AfterAll
  static void stopTheCluster() {
    cluster.close();
  }

  @Test
  void sparkSubmitInClientModeGivesTheSameHashesWithTheUsersSettings() throws Exception {
    Path events = Files.createDirectory(folder.resolve("events"));
    Path properties =
        Files.writeString(
            folder.resolve("my.properties"),
            "spark.executor.memory 768m\nspark.eventLog.enabled true\nspark.eventLog.dir file:%s\n"
                .formatted(events));
    Path recipe = fixture.writeRecipe(folder.resolve("client.yaml"), MODEL);

    Launcher.Outcome outcome =
        run(
            SPARK_SUBMIT,
            List.of("--master", cluster.master(), "--conf", "spark.executor.cores=1"),
            List.of("--total-executor-cores", "2"),
            List.of("--properties-file", properties.toString(), JAR),
            compress(recipe.toString(), "client", "run"));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertSameHashes("client", "run");
    assertThat(eventLog(events))
        .contains("\"spark.executor.memory\":\"768m\"", "\"spark.executor.cores\":\"1\"");
  }

  @Test
  void theLauncherInClusterModeShipsTheFilesAndGivesTheSameHashesAndTheExitCode() throws Exception {
    Path recipe = fixture.writeRecipe(folder.resolve("shipped.yaml"), "models/fashion-resnet.onnx");

    Launcher.Outcome outcome =
        run(
            List.of("deploy/retort"),
            compress(recipe.toString(), "cluster", "launched"),
            List.of("--master", cluster.master(), "--deploy-mode", "cluster", "--files", MODEL),
            ONE_EXECUTOR,
            List.of("--set", "gates.size-ratio=9"));

    assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(4);
    assertThat(outcome.output()).contains("gate size-ratio of quantize", "misses a gate");
    assertSameHashes("cluster", "launched");
  }

  @Test
  void plainSparkSubmitInClusterModeLeavesTheExitCodeInTheResult() throws Exception {
    Path recipe = fixture.writeRecipe(folder.resolve("plain.yaml"), "fashion-resnet.onnx");
    Path attempt = folder.resolve("attempt.json");

    Launcher.Outcome outcome =
        run(
            SPARK_SUBMIT,
            List.of("--master", cluster.master(), "--deploy-mode", "cluster"),
            ONE_EXECUTOR,
            List.of("--conf", "spark.standalone.submit.waitAppCompletion=true"),
            List.of("--driver-java-options", javaOptions()),
            List.of("--files", recipe + "," + MODEL, FashionFixture.ROOT.resolve(JAR).toString()),
            compress("plain.yaml", "cluster", "plain"),
            List.of("--result", attempt.toString()));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertSameHashes("cluster", "plain");
    assertThat(result(attempt)).isEqualTo(result(resultFile("cluster", "plain")));
  }

  /** What a standalone master's drivers need on Java 17. */
  private static String javaOptions() throws IOException {
    return Files.readAllLines(FashionFixture.ROOT.resolve("deploy/java-options")).stream()
        .filter(line -> !line.startsWith("#"))
        .collect(Collectors.joining(" "));
  }

  private static List<String> compress(String recipe, String work, String run) {
    return List.of(
        "compress",
        recipe,
        "--work",
        folder.resolve(work).toString(),
        "--run-id",
        run,
        "--measurements",
        fixture.run("embedded").resolve("measurements.json").toString());
  }

  @SafeVarargs
  private static Launcher.Outcome run(List<String>... words) throws Exception {
    List<String> command = new ArrayList<>();
    for (List<String> more : words) {
      command.addAll(more);
    }
    return Launcher.run(Map.of("RETORT_NO_BUILD", "1"), command);
  }

  private static void assertSameHashes(String work, String run) throws IOException {
    assertThat(hashes(result(resultFile(work, run)))).isEqualTo(hashes(embedded));
    assertThat(StoreHashes.of(folder.resolve(work)))
        .isEqualTo(StoreHashes.of(folder.resolve("embedded")));
  }

  private static List<Sha256> hashes(RunResult result) {
    return Stream.concat(Stream.of(result.teacher()), result.steps().stream())
        .map(ModelOutcome::sha256)
        .toList();
  }

  private static Path resultFile(String work, String run) {
    return folder.resolve(work).resolve("runs").resolve(run).resolve("result.json");
  }

  private static RunResult result(Path file) throws IOException {
    return Json.read(Files.readString(file), RunResult.class);
  }

  private static String eventLog(Path events) throws IOException {
    try (Stream<Path> files = Files.list(events)) {
      return Files.readString(files.findFirst().orElseThrow());
    }
  }
}
