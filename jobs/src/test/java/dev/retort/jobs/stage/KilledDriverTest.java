package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.Event;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.StoreCensus;
import dev.retort.jobs.run.WorkRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One run whose driver is killed in every stage and at each phase of a commit: the same command,
 * given again each time, goes on where it was, and in the end nothing tells the run from an
 * undisturbed one.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledDriverTest {
  /** Embedded Spark with two cores: tasks that run at once, and chunks that a kill leaves open. */
  private static final int SLOTS = 2;

  private static final int KILLS = 11;
  private static final int KILLS_IN_CHUNKS = 6;

  @TempDir static Path folder;

  private static FashionFixture fixture;

  @BeforeAll
  static void writeDataAndRecipe() {
    fixture = new FashionFixture(folder);
    fixture.recipe(Map.of());
  }

  /** The kills follow the order of the stages; the name of each file says which stage writes it. */
  @Order(1)
  @ParameterizedTest(name = "{0}: {2} {1}")
  @CsvSource({
    "teacher,   store/probe/.*manifest,      HALF_WRITTEN,    1",
    "ingest,    store/ingest/.*parquet,      WRITTEN,         1",
    "ingest,    store/ingest/.*/p.*manifest, BEFORE_CREATION, 2",
    "subset,    store/subset/.*/p.*manifest, HALF_WRITTEN,    1",
    "label,     store/label/.*/p.*manifest,  WRITTEN,         2",
    "calibrate, store/calibrate/.*states,    HALF_WRITTEN,    2",
    "quantize,  02-quantize/plan.json,       RENAMED,         1",
    "evaluate,  store/evaluate/.*manifest,   BEFORE_CREATION, 7",
    "measure,   run/measurements.json,       RENAMED,         2",
    "report,    run/report.html,             RENAMED,         1",
    "report,    run/result.json,             RENAMED,         2"
  })
  void theDriverIsKilled(String stage, String file, Moment moment, int count) throws Exception {
    Path marker = folder.resolve("kill-%s-%d-%s".formatted(stage, count, moment));
    Fault kill = Fault.nth(count, ".*" + file, moment, marker);

    Driver driver = new Driver(folder.resolve("log-" + marker.getFileName())).with(kill);

    assertThat(driver.run(command())).as(driver.output()).isEqualTo(Fault.HALTED);
    assertThat(marker).content().contains(moment.name());
    assertThat(directory().isFinished()).isFalse();
    releaseLease();
  }

  @Order(2)
  @Test
  void theSameCommandFinishesTheRunWithTheBitsOfAnUndisturbedOne() throws Exception {
    RunResult resumed = Pipeline.compress(fixture.request("killed", Map.of()));
    RunResult undisturbed =
        Pipeline.compress(
            fixture.request(
                "undisturbed",
                Map.of(),
                Optional.of(fixture.run("killed").resolve("measurements.json"))));

    assertThat(resumed.steps()).isEqualTo(undisturbed.steps());
    assertThat(resumed.teacher()).isEqualTo(undisturbed.teacher());
    assertThat(StoreHashes.of(folder.resolve("killed")))
        .isEqualTo(StoreHashes.of(folder.resolve("undisturbed")));
    for (String file : List.of("steps/02-quantize/plan.json", "measurements.json")) {
      assertThat(fixture.run("killed").resolve(file))
          .hasSameTextualContentAs(fixture.run("undisturbed").resolve(file));
    }
  }

  @Order(3)
  @Test
  void aKillRepeatsAtMostTheOpenChunkOfEachSlot() throws IOException {
    WorkRoot work = WorkRoot.of(folder.resolve("killed"));
    StoreCensus census = StoreCensus.of(work);

    assertThat(census.committed()).isEqualTo(census.shards());
    assertThat(census.openChunks()).isBetween(1, SLOTS * KILLS_IN_CHUNKS);
    assertThat(StoreCensus.of(work, "ingest").samples())
        .isEqualTo(FashionFixture.TRAIN_ROWS + FashionFixture.TEST_ROWS);
  }

  @Order(4)
  @Test
  void theJournalHasEveryStartAndOneEnd() {
    List<String> kinds = directory().events().stream().map(Event::kind).toList();

    assertThat(kinds.stream().filter("run-start"::equals)).hasSize(KILLS + 1);
    assertThat(kinds).endsWith("run-end");
    assertThat(kinds.stream().filter("run-end"::equals)).hasSizeBetween(1, 2);
  }

  private static String[] command() {
    return new String[] {
      "compress",
      folder.resolve("recipe.yaml").toString(),
      "--work",
      folder.resolve("killed").toString(),
      "--run-id",
      "run"
    };
  }

  private static RunDirectory directory() {
    return RunDirectory.of(WorkRoot.of(folder.resolve("killed")), new RunId("run"));
  }

  /** A lease of a dead driver is waited for by a test of its own; here that would take minutes. */
  private static void releaseLease() throws IOException {
    try (Stream<Path> files = Files.list(fixture.run("killed"))) {
      for (Path lease :
          files.filter(f -> f.getFileName().toString().startsWith("lease")).toList()) {
        Files.delete(lease);
      }
    }
  }
}
