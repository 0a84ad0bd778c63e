package dev.retort.jobs.deploy;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.FashionFixture;
import dev.retort.jobs.stage.Launcher;
import dev.retort.jobs.stage.ProofPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Airflow in a virtual environment of its own, with {@code deploy/airflow} as its DAGs and {@code
 * deploy/spark-submit} as its Spark.
 */
final class Airflow {
  /** Logical date of every test run: its run ids end with it. */
  static final String DATE = "2026-03-02";

  private static final Path ROOT = FashionFixture.ROOT;
  private static final Path VENV = ProofPage.folder().resolve("airflow-venv");
  private static final Path REQUIREMENTS = ROOT.resolve("deploy/airflow/requirements.txt");

  private final Map<String, String> environment = new TreeMap<>();

  private Airflow(Path home, String sparkMaster) {
    String path =
        "%s:%s:%s".formatted(VENV.resolve("bin"), ROOT.resolve("deploy"), System.getenv("PATH"));
    String[] address = sparkMaster.split(":(?=\\d+$)");
    environment.put("PATH", path);
    environment.put("AIRFLOW_HOME", home.toString());
    environment.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    environment.put("AIRFLOW__CORE__DAGS_FOLDER", ROOT.resolve("deploy/airflow").toString());
    environment.put("RETORT_RETRY_SECONDS", "10");
    environment.put(
        "AIRFLOW_CONN_SPARK_DEFAULT",
        Json.line(
            new TreeMap<>(
                Map.of(
                    "conn_type",
                    "spark",
                    "host",
                    address[0],
                    "port",
                    Integer.parseInt(address[1])))));
  }

  /**
   * Installs Airflow where it is not yet, and makes its database in {@code home}.
   *
   * @return empty, with a word on standard error, if this machine has no Python that can do it
   */
  static Optional<Airflow> install(Path home, String sparkMaster) throws Exception {
    if (!isInstalled() && !install()) {
      return Optional.empty();
    }
    Airflow airflow = new Airflow(home, sparkMaster);
    Launcher.Outcome migrated = airflow.run("db", "migrate");
    return migrated.exitCode() == 0 ? Optional.of(airflow) : complain(migrated);
  }

  /** {@code airflow} with arguments. */
  Launcher.Outcome run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(VENV.resolve("bin/airflow").toString()));
    command.addAll(List.of(arguments));
    return Launcher.run(environment, command);
  }

  /** {@code airflow dags test} of the DAG with {@code parameters}. */
  Launcher.Outcome test(Map<String, Object> parameters) throws Exception {
    return run("dags", "test", "retort_compress", DATE, "-c", Json.line(new TreeMap<>(parameters)));
  }

  /** The whole of pip has run, and for these requirements. */
  private static boolean isInstalled() throws IOException {
    Path installed = VENV.resolve("installed.txt");
    return Files.exists(installed) && Files.mismatch(installed, REQUIREMENTS) < 0;
  }

  private static boolean install() throws Exception {
    for (List<String> command :
        List.of(
            List.of("python3", "-m", "venv", "--clear", VENV.toString()),
            List.of(
                VENV.resolve("bin/pip").toString(),
                "install",
                "-q",
                "-r",
                REQUIREMENTS.toString()))) {
      try {
        Launcher.Outcome outcome = Launcher.run(Map.of(), command);
        if (outcome.exitCode() != 0) {
          return complain(outcome).isPresent();
        }
      } catch (IOException e) {
        System.err.println("no Airflow: " + e.getMessage());
        return false;
      }
    }
    Files.copy(REQUIREMENTS, VENV.resolve("installed.txt"));
    return true;
  }

  private static Optional<Airflow> complain(Launcher.Outcome outcome) {
    System.err.println("no Airflow: " + outcome.output());
    return Optional.empty();
  }
}
