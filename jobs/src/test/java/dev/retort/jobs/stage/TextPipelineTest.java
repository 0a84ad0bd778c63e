package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.TokenLengths;
import dev.retort.jobs.TextModels;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on texts. */
class TextPipelineTest {
  @TempDir static Path folder;

  private static GlossFixture fixture;
  private static RunResult result;

  @BeforeAll
  static void compressOnce() {
    fixture = new GlossFixture(folder);
    result = Pipeline.compress(fixture.request("work", Map.of("spark.partitions", "2")));
  }

  @Test
  void textsAreIngestedLabelledAndEvaluated() {
    assertThat(result.status()).isEqualTo("ok");
    assertThat(result.steps().get(0).metrics()).containsEntry("agreement", 1.0);
  }

  @Test
  void theDescriptorKnowsTheLengthsOfTheTexts() {
    try (Run run = Run.open(fixture.request("work", Map.of()).named("look"))) {
      Datasets data = new IngestStage(run).execute();
      TokenLengths train = data.train().descriptor().lengths();
      TokenLengths test = data.test().descriptor().lengths();

      assertThat(train.texts()).isEqualTo(GlossFixture.TRAIN_ROWS * 9 / 10);
      assertThat(test.texts()).isEqualTo(GlossFixture.TEST_ROWS);
      assertThat(test.longest()).isEqualTo(GlossFixture.MAX_LENGTH);
      assertThat(test.median()).isBetween(20, GlossFixture.MAX_LENGTH);
      assertThat(test.cut()).isBetween(1L, test.texts() - 1);
    }
  }

  @Test
  void textsThatWereCutAreToldByReportPlanAndBeforeTheNextRun() throws IOException {
    PipelineRequest request = fixture.request("work", Map.of());
    Map<String, TokenLengths> known = Pipeline.knownTexts(request);
    String cut = known.get("test").words();

    assertThat(known).containsOnlyKeys("train", "validation", "test");
    assertThat(cut).contains(" cut short (");
    assertThat(Pipeline.plan(request).stages())
        .filteredOn(stage -> stage.name().equals("ingest test"))
        .singleElement()
        .satisfies(stage -> assertThat(stage.what()).endsWith("; texts of " + cut));
    assertThat(Files.readString(folder.resolve("work/runs/run/report.html")))
        .contains("Texts cut short", "<td>%d (".formatted(known.get("test").cut()));
    assertThat(Pipeline.knownTexts(fixture.request("elsewhere", Map.of()))).isEmpty();
  }

  /** A batch of one text has no padding, so its statistics are those of the tokens alone. */
  @Test
  void paddingIsNotObserved() {
    List<StatisticRequest> requests =
        List.of(
            StatisticRequest.histogram("embedded"),
            StatisticRequest.channelAbsMax("embedded", 1),
            StatisticRequest.histogram("pooled"));
    try (Run run = Run.open(fixture.request("work", Map.of()).named("padding"))) {
      Teacher teacher = new TeacherStage(run).execute();
      StoredDataset texts = new IngestStage(run).execute().validation();
      CalibrateStage stage = new CalibrateStage(run);

      StatisticsTable padded = stage.execute(teacher.fused(), texts, requests, 16);
      StatisticsTable single = stage.execute(teacher.fused(), texts, requests, 1);

      long tokens = texts.descriptor().lengths().tokens();
      assertThat(padded.histogram("embedded").orElseThrow().count())
          .isEqualTo(TextModels.WIDTH * tokens);
      assertThat(padded.histogram("embedded")).isEqualTo(single.histogram("embedded"));
      assertThat(padded.statistic(requests.get(1))).isEqualTo(single.statistic(requests.get(1)));
      assertThat(padded.histogram("pooled").orElseThrow().count())
          .isEqualTo(TextModels.WIDTH * texts.descriptor().samples());
    }
  }

  @Test
  void otherPartitionsGiveTheSameBits() {
    Path measurements = folder.resolve("work/runs/run/measurements.json");
    RunResult other =
        Pipeline.compress(
            fixture.request("other", Map.of("spark.partitions", "5"), Optional.of(measurements)));

    assertThat(other.steps().get(0).sha256()).isEqualTo(result.steps().get(0).sha256());
    assertThat(StoreHashes.of(folder.resolve("work")))
        .containsAllEntriesOf(StoreHashes.of(folder.resolve("other")));
  }

  @Test
  void thePlanOfATransformerListsExactlyWhatItsRunDoes() {
    PipelineRequest request =
        fixture.request("quantized", Map.of("steps", "[fuse, label, {quantize: {preset: int8}}]"));
    List<String> before = names(Pipeline.plan(request));
    List<StageTiming> ran = Pipeline.compress(request).stages();
    RunOutlook after = Pipeline.plan(request);

    Set<String> timed = new TreeSet<>(before);
    timed.remove("probe teacher"); // its time is that of the stage teacher
    timed.remove("ingest validation"); // split off by ingest train
    timed.remove("report"); // holds the times of the others
    timed.add("teacher");
    assertThat(ran).extracting(StageTiming::stage).hasSameElementsAs(timed);
    assertThat(names(after)).isEqualTo(before);
    assertThat(after.stages())
        .as("a result in the store for each that the plan finds there, and no other")
        .filteredOn(stage -> stage.status() == RunOutlook.Status.STORED)
        .filteredOn(stage -> !stage.name().equals("evaluate fuse")) // is that of the teacher
        .extracting(stage -> stage.name().split(" ", 2)[0])
        .containsExactlyInAnyOrderElementsOf(storedStages());
  }

  /** The stage of each fingerprint in the store, models apart. */
  private static List<String> storedStages() {
    return StoreHashes.of(folder.resolve("quantized")).keySet().stream()
        .map(key -> Path.of(key).getParent().toString())
        .filter(stage -> !stage.equals("model"))
        .toList();
  }

  private static List<String> names(RunOutlook outlook) {
    return outlook.stages().stream().map(RunOutlook.PlannedStage::name).toList();
  }
}
