package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.FashionFixture;
import dev.retort.jobs.stage.Launcher;
import dev.retort.jobs.stage.ProofPage;
import dev.retort.jobs.stage.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DAG of {@code deploy/airflow}, run by Airflow itself on a cluster of this machine. */
@Tag("proof")
class AirflowProof {
  private static final String FIGURE =
      "Airflow 3.3.2, `airflow dags test` on a standalone cluster: ";
  private static final long POLL_MILLIS = 200;

  @TempDir private static Path folder;

  private static LocalCluster cluster;
  private static FashionFixture fixture;
  private static Airflow airflow;

  @BeforeAll
  static void startClusterAndAirflow() throws Exception {
    cluster = LocalCluster.started(folder.resolve("cluster"), "--cores", "2");
    Optional<Airflow> installed = Airflow.install(folder.resolve("airflow"), cluster.master());
    if (installed.isEmpty()) {
      ProofPage.row(FIGURE + "all", "passes", "NOT RUN: no Python with venv and pip");
    }
    assumeTrue(installed.isPresent(), "Airflow needs Python with venv and pip");
    airflow = installed.get();
    fixture = new FashionFixture(folder);
  }

  @AfterAll
  static void stopTheCluster() {
    cluster.close();
  }

  @Test
  void theDagImportsWithoutErrors() throws Exception {
    Launcher.Outcome outcome = airflow.run("dags", "list-import-errors", "--local");

    ProofPage.row(FIGURE + "import errors", "0", outcome.exitCode() == 0 ? "0" : "some");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("No data found");
  }

  @Test
  void aRunWhoseGatesHoldIsAccepted() throws Exception {
    Launcher.Outcome outcome = airflow.test(parameters("accepted", Map.of()));

    ProofPage.row(FIGURE + "gates hold", "accepted", "%.0f s".formatted(outcome.seconds()));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains("Branch into accept", "Returned value was: " + run("accepted") + "/steps/02-");
    assertThat(attempts("accepted")).hasSize(1).allMatch(result -> result.exitCode() == 0);
  }

  @Test
  void aRunThatMissesAGateIsRefusedWithoutAnotherTry() throws Exception {
    Launcher.Outcome outcome = airflow.test(parameters("refused", Map.of("gates.size-ratio", 9)));

    ProofPage.row(FIGURE + "a gate is missed", "refused", "exit code " + outcome.exitCode());
    assertThat(outcome.exitCode()).as(outcome.output()).isNotZero();
    assertThat(outcome.output()).contains("Branch into refuse", "The result misses a gate");
    assertThat(attempts("refused")).hasSize(1).allMatch(result -> result.exitCode() == 4);
  }

  @Test
  void aWrongRecipeFailsAtOnce() throws Exception {
    Launcher.Outcome outcome = airflow.test(parameters("wrong", Map.of("runtime.batch", true)));

    ProofPage.row(FIGURE + "a wrong recipe", "1 try", attempts("wrong").size() + " try");
    assertThat(outcome.exitCode()).as(outcome.output()).isNotZero();
    assertThat(outcome.output()).contains("Exit code 2: Cannot read the recipe");
    assertThat(attempts("wrong")).hasSize(1).allMatch(result -> result.exitCode() == 2);
  }

  @Test
  void parametersThatBreakTheSchemaStartNothing() throws Exception {
    TreeMap<String, Object> parameters = new TreeMap<>(parameters("schema", Map.of()));
    parameters.put("work", "relative/folder");

    Launcher.Outcome outcome = airflow.test(parameters);

    assertThat(outcome.exitCode()).as(outcome.output()).isNotZero();
    assertThat(outcome.output()).contains("relative/folder", "does not match");
  }

  @Test
  void aKilledDriverIsTriedAgainAndGoesOn() throws Exception {
    CompletableFuture<Launcher.Outcome> test =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return airflow.test(parameters("killed", Map.of()));
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            });
    while (!test.isDone() && !events("killed").contains("ingest test")) {
      Thread.sleep(POLL_MILLIS);
    }
    driver("killed").ifPresent(ProcessHandle::destroyForcibly);
    Launcher.Outcome outcome = test.get();

    List<String> tries = List.of(events("killed").split("\"run-start\""));
    ProofPage.row(
        FIGURE + "driver killed -9 while it labels",
        "2 tries, nothing repeated that is committed",
        "%d tries".formatted(tries.size() - 1));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(attempts("killed")).extracting(RunResult::exitCode).containsExactly(10, 0);
    assertThat(tries).hasSize(3);
    assertThat(tries.get(1)).contains("ingest train");
    assertThat(tries.get(2)).doesNotContain("ingest train").contains("run-end");
  }

  private static Map<String, Object> parameters(String name, Map<String, Object> overrides) {
    String model = FashionFixture.ROOT.resolve("data/models/fashion-resnet.onnx").toString();
    Path recipe = fixture.writeRecipe(folder.resolve(name + ".yaml"), model);
    return Map.of(
        "name",
        name,
        "recipe",
        recipe.toString(),
        "work",
        folder.resolve(name).toString(),
        "jar",
        FashionFixture.ROOT.resolve("jobs/target/retort.jar").toString(),
        "set",
        overrides,
        "conf",
        Map.of("spark.executor.memory", "1g"));
  }

  private static Path run(String name) {
    String id = name + "-" + Airflow.DATE.replace("-", "") + "T000000";
    return folder.resolve(name).resolve("runs").resolve(id);
  }

  /** What each try has left, in order. */
  private static List<RunResult> attempts(String name) throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve(name).resolve("attempts"))) {
      List<Path> sorted = files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
      List<RunResult> results = new ArrayList<>();
      for (Path file : sorted) {
        results.add(Json.read(Files.readString(file), RunResult.class));
      }
      return results;
    }
  }

  private static String events(String name) throws Exception {
    Path file = run(name).resolve("events.jsonl");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  /** The driver's process: the one that Airflow's spark-submit became. */
  private static Optional<ProcessHandle> driver(String name) {
    String id = run(name).getFileName().toString();
    return ProcessHandle.current()
        .descendants()
        .filter(process -> commandLine(process).contains("SparkSubmit"))
        .filter(process -> commandLine(process).contains(id))
        .findFirst();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return "";
    }
  }
}
