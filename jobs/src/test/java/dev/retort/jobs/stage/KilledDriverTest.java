package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver in a process of its own is killed with SIGKILL; the same command goes on. */
class KilledDriverTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Map<String, String> ONE_SHARD_A_TASK = Map.of("spark.partitions", "64");

  @TempDir static Path folder;

  private static FashionFixture fixture;
  private static RunResult undisturbed;

  @BeforeAll
  static void runUndisturbed() {
    fixture = new FashionFixture(folder);
    undisturbed = Pipeline.compress(fixture.request("undisturbed", ONE_SHARD_A_TASK));
  }

  @ParameterizedTest
  @ValueSource(strings = {"label", "calibrate"})
  void finishedChunksAreNotComputedAgain(String stage) throws Exception {
    Process driver = start(stage);
    await(driver, folder.resolve(stage).resolve("store").resolve(stage));
    driver.destroyForcibly().waitFor();
    long before = manifests(folder.resolve(stage).resolve("store").resolve(stage));

    RunResult resumed =
        Pipeline.compress(
            fixture.request(
                stage,
                ONE_SHARD_A_TASK,
                Optional.of(fixture.run("undisturbed").resolve("measurements.json"))));

    long reused =
        resumed.stages().stream()
            .filter(timing -> timing.stage().startsWith(stage))
            .mapToLong(StageTiming::reused)
            .sum();
    // The last manifest may be half written: tasks end one after the other, so only that one.
    assertThat(reused).isPositive().isGreaterThanOrEqualTo(before - 1);
    assertThat(resumed.steps()).isEqualTo(undisturbed.steps());
    assertThat(StoreHashes.of(folder.resolve(stage)))
        .isEqualTo(StoreHashes.of(folder.resolve("undisturbed")));
  }

  /** Starts the main job on one core, so that tasks end one after the other. */
  private static Process start(String work) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(addOpens());
    command.add("-Xmx1g");
    command.add("-Dretort.root=" + FashionFixture.ROOT);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Driver.class.getName());
    command.add(folder.resolve("recipe.yaml").toString());
    command.add(folder.resolve(work).toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(work + ".log").toFile())
        .start();
  }

  /** Spark's list, as the file that the launcher reads has it. */
  private static List<String> addOpens() throws IOException {
    return Files.readAllLines(FashionFixture.ROOT.resolve("deploy/java-options")).stream()
        .filter(line -> line.startsWith("--add-opens"))
        .toList();
  }

  private static void await(Process driver, Path stage) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (manifests(stage) < 2) {
      assertThat(System.nanoTime()).as("no second commit in " + stage).isLessThan(deadline);
      assertThat(driver.waitFor(5, TimeUnit.MILLISECONDS)).as("the driver has ended").isFalse();
    }
  }

  private static long manifests(Path stage) throws IOException {
    if (!Files.exists(stage)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(stage)) {
      return files
          .filter(file -> file.getFileName().toString().matches("p\\d+.*\\.manifest"))
          .count();
    }
  }

  /** The process that is killed. */
  static final class Driver {
    private Driver() {}

    public static void main(String[] arguments) {
      System.setProperty("spark.master", "local[1]");
      System.setProperty("spark.ui.enabled", "false");
      Pipeline.compress(
          new PipelineRequest(
              dev.retort.recipe.RecipeReader.read(
                  Path.of(arguments[0]), new TreeMap<>(ONE_SHARD_A_TASK)),
              Path.of(arguments[1]).toUri(),
              Optional.of("run"),
              Optional.empty(),
              ProgressListener.silent()));
    }
  }
}
