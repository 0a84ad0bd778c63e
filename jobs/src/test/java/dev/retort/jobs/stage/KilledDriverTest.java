package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.Event;
import dev.retort.jobs.run.StoreCensus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * One run whose driver is killed in one stage after the other and at each phase of a commit: the
 * same command, given again each time, goes on where it was, and in the end nothing tells the run
 * from an undisturbed one. Every stage at every phase is the matter of {@link FaultProof}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledDriverTest {
  /** Embedded Spark with two cores: tasks that run at once, and chunks that a kill leaves open. */
  private static final int SLOTS = 2;

  private static final int KILLS = 7;
  private static final int KILLS_IN_CHUNKS = 4;

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
    "ingest,    store/ingest/.*/p.*manifest, BEFORE_CREATION, 2",
    "label,     store/label/.*/p.*parquet,   WRITTEN,         1",
    "label,     store/label/.*/p.*manifest,  WRITTEN,         2",
    "calibrate, store/calibrate/.*states,    HALF_WRITTEN,    2",
    "quantize,  02-quantize/plan.json,       RENAMED,         1",
    "report,    run/result.json,             RENAMED,         2"
  })
  void theDriverIsKilled(String stage, String file, Moment moment, int count) throws Exception {
    Path marker = folder.resolve("kill-%s-%d-%s".formatted(stage, count, moment));
    Fault kill = Fault.nth(count, ".*" + file, moment, marker);

    Driver driver = new Driver(folder.resolve("log-" + marker.getFileName())).with(kill);

    assertThat(driver.run(run().command())).as(driver.output()).isEqualTo(Fault.HALTED);
    assertThat(marker).content().contains(moment.name());
    assertThat(run().directory().isFinished()).isFalse();
    run().releaseLease();
  }

  @Order(2)
  @Test
  void theSameCommandFinishesTheRunWithTheBitsOfAnUndisturbedOne() throws Exception {
    RunResult resumed = Pipeline.compress(fixture.request("killed", Map.of()));
    RunResult undisturbed =
        Pipeline.compress(
            fixture.request("undisturbed", Map.of(), Optional.of(run().file("measurements.json"))));

    assertThat(resumed.steps()).isEqualTo(undisturbed.steps());
    assertThat(resumed.teacher()).isEqualTo(undisturbed.teacher());
    assertThat(run().hashes()).isEqualTo(FixtureRun.of(folder, "undisturbed").hashes());
    assertThat(run().file("measurements.json"))
        .hasSameTextualContentAs(FixtureRun.of(folder, "undisturbed").file("measurements.json"));
  }

  @Order(3)
  @Test
  void aKillRepeatsAtMostTheOpenChunkOfEachSlot() throws IOException {
    StoreCensus census = run().census("");

    assertThat(census.committed()).isEqualTo(census.shards());
    assertThat(census.openChunks()).isBetween(1, SLOTS * KILLS_IN_CHUNKS);
    assertThat(run().census("ingest").samples())
        .isEqualTo(FashionFixture.TRAIN_ROWS + FashionFixture.TEST_ROWS);
  }

  @Order(4)
  @Test
  void theSecretOfItsSettingsIsInNoFileOfTheRunTheStoreOrTheLogs() throws IOException {
    boolean events = false;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(bytes.contains(Driver.SECRET)).as("%s has the secret", file).isFalse();
        events |= bytes.contains("fs.azure.account.key.host") && bytes.contains("redacted");
      }
    }
    assertThat(events).as("an event log that names the setting").isTrue();
    assertThat(run().file("report.html")).isNotEmptyFile();
    assertThat(run().file("recipe.yaml")).isNotEmptyFile();
  }

  @Order(5)
  @Test
  void theJournalHasEveryStartAndOneEnd() {
    List<String> kinds = run().directory().events().stream().map(Event::kind).toList();

    assertThat(kinds.stream().filter("run-start"::equals)).hasSize(KILLS + 1);
    assertThat(kinds).endsWith("run-end");
    assertThat(kinds.stream().filter("run-end"::equals)).hasSizeBetween(1, 2);
  }

  private static FixtureRun run() {
    return FixtureRun.of(folder, "killed");
  }
}
