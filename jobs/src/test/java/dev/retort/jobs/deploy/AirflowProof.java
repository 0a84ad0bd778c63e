package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.FashionFixture;
import dev.retort.jobs.stage.Launcher;
import dev.retort.jobs.stage.ProofPage;
import dev.retort.jobs.stage.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code airflow dags test} of the DAG in {@code deploy/airflow}, on a cluster of this machine:
 * Airflow itself, its operator, {@code spark-submit}, the main job.
 */
@Tag("proof")
class AirflowProof {
  private static final String DAG = "retort_compress";
  private static final long POLL_MILLIS = 50;
  private static final long PATIENCE_SECONDS = 180;

  @TempDir private static Path folder;

  private static Path airflow;
  private static LocalCluster cluster;
  private static Path recipe;

  @BeforeAll
  static void startAirflowAndCluster() throws Exception {
    airflow = venv();
    cluster = LocalCluster.started(folder.resolve("cluster"));
    recipe =
        new FashionFixture(folder)
            .writeRecipe(
                folder.resolve("recipe.yaml"),
                FashionFixture.ROOT.resolve("data/models/fashion-resnet.onnx").toString());
    assertThat(airflow("db", "migrate").exitCode()).isZero();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void theDagImports() throws Exception {
    Launcher.Outcome errors = airflow("dags", "list-import-errors");

    String version = last(airflow("version"));
    ProofPage.row("import errors of the DAG in Airflow " + version, "none", last(errors));
    assertThat(errors.exitCode()).as(errors.output()).isZero();
    assertThat(errors.output()).contains("No data found");
  }

  @Test
  void aRunWhoseGatesHoldIsAccepted() throws Exception {
    Launcher.Outcome run = test("2026-03-02", "accepted", Map.of());

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(result("accepted", 1).exitCode()).isZero();
    assertThat(run.output()).contains("Following branch", "accept", "steps/02-quantize/model.onnx");
    ProofPage.row("airflow dags test on the cluster, gates hold", "accepted", "accepted, 1 try");
  }

  @Test
  void aRunThatMissesAGateIsRefused() throws Exception {
    Launcher.Outcome run = test("2026-03-03", "refused", Map.of("gates.size-ratio", 9));

    assertThat(run.exitCode()).as(run.output()).isNotZero();
    assertThat(result("refused", 1).exitCode()).isEqualTo(4);
    assertThat(attempts("refused")).hasSize(1);
    assertThat(run.output()).contains("The result misses a gate");
    ProofPage.row(
        "airflow dags test on the cluster, a gate is missed", "refused", "refused, 1 try");
  }

  @Test
  void aDriverThatIsKilledIsTriedAgainAndGoesOn() throws Exception {
    CompletableFuture<Launcher.Outcome> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return test("2026-03-04", "killed", Map.of());
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    Path work = folder.resolve("killed");
    waitFor(work.resolve("store/label"), run);
    kill(work);

    Launcher.Outcome outcome = run.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(result("killed", 2).exitCode()).isZero();
    assertThat(outcome.output()).contains("new_state=up_for_retry");
    ProofPage.row(
        "airflow dags test on the cluster, the driver killed -9 in labelling",
        "tried again, resumed, accepted",
        "tried again, resumed, accepted; %d tries".formatted(attempts("killed").size()));
  }

  private static Launcher.Outcome test(String date, String work, Map<String, Object> set)
      throws Exception {
    String configuration =
        Json.write(
            Map.of(
                "name",
                work,
                "recipe",
                recipe.toString(),
                "work",
                folder.resolve(work).toString(),
                "jar",
                FashionFixture.ROOT.resolve("jobs/target/retort.jar").toString(),
                "set",
                set));
    return airflow("dags", "test", DAG, date, "-c", configuration);
  }

  private static Launcher.Outcome airflow(String... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("AIRFLOW_HOME", folder.resolve("airflow").toString());
    environment.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    environment.put(
        "AIRFLOW__CORE__DAGS_FOLDER", FashionFixture.ROOT.resolve("deploy/airflow").toString());
    environment.put("RETORT_RETRY_SECONDS", "1");
    environment.put("RETORT_NO_BUILD", "1");
    environment.put("PATH", FashionFixture.ROOT.resolve("deploy") + ":" + System.getenv("PATH"));
    String[] host = cluster.master().split(":(?=\\d+$)", 2);
    environment.put(
        "AIRFLOW_CONN_SPARK_DEFAULT",
        "{\"conn_type\":\"spark\",\"host\":\"%s\",\"port\":%s,\"extra\":{\"deploy-mode\":\"client\"}}"
            .formatted(host[0], host[1]));
    return Launcher.run(
        environment, Stream.concat(Stream.of(airflow.toString()), Stream.of(arguments)).toList());
  }

  /** Airflow in a Python environment without pyspark, made once a machine. */
  private static Path venv() throws Exception {
    Path venv = ProofPage.folder().resolve("venv-airflow").toAbsolutePath();
    Path ready = venv.resolve("ready");
    if (!Files.exists(ready)) {
      String pip = venv.resolve("bin/pip").toString();
      for (List<String> command :
          List.of(
              List.of("python3", "-m", "venv", venv.toString()),
              List.of(pip, "install", "-q", "-r", "deploy/airflow/requirements.txt"))) {
        Launcher.Outcome outcome = Launcher.run(Map.of(), command);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
      }
      Files.createFile(ready);
    }
    return venv.resolve("bin/airflow");
  }

  private static void waitFor(Path stage, CompletableFuture<Launcher.Outcome> run)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(stage)) {
      assertThat(run).as("a run that has not ended before %s", stage).isNotDone();
      assertThat(System.nanoTime()).as("time to wait for %s", stage).isLessThan(end);
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Kills the driver that writes below {@code work}. */
  private static void kill(Path work) {
    List<ProcessHandle> drivers =
        ProcessHandle.allProcesses()
            .filter(process -> process.info().command().orElse("").endsWith("java"))
            .filter(
                process ->
                    process
                        .info()
                        .arguments()
                        .map(List::of)
                        .orElse(List.of())
                        .contains(work.toString()))
            .toList();
    assertThat(drivers).hasSize(1).allMatch(ProcessHandle::destroyForcibly);
  }

  private static RunResult result(String name, int attempt) throws IOException {
    Path file =
        attempts(name).stream()
            .filter(each -> each.toString().endsWith("." + attempt + ".json"))
            .findFirst()
            .orElseThrow();
    return Json.read(Files.readString(file), RunResult.class);
  }

  private static List<Path> attempts(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name).resolve("attempts"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static String last(Launcher.Outcome outcome) {
    return outcome.output().lines().reduce((a, b) -> b).orElse("");
  }
}
