package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.jobs.SparkTest;
import dev.retort.quantization.Int8Preset;
import dev.retort.statistics.StatisticRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Independent stages of one recipe in one application. */
class SideBySideTest {
  @TempDir static Path folder;

  private static FashionFixture fixture;

  @BeforeAll
  static void writeData() {
    fixture = new FashionFixture(folder);
  }

  @Test
  void labellingAndCalibrationOverlapInTheEventLogAndGiveTheSameBitsAsInTurn() throws IOException {
    RunResult atOnce = compress("at-once", Map.of());
    RunResult inTurn =
        compress(
            "in-turn",
            Map.of("runtime.memory-limit", roomForOneModel(fixture.request("room", Map.of()))));

    assertThat(overlap(span("at-once", "calibrate"), span("at-once", "label"))).isTrue();
    assertThat(overlap(span("in-turn", "calibrate"), span("in-turn", "label"))).isFalse();
    assertThat(StoreHashes.of(folder.resolve("at-once")))
        .isEqualTo(StoreHashes.of(folder.resolve("in-turn")));
    assertThat(atOnce.steps().get(1).sha256()).isEqualTo(inTurn.steps().get(1).sha256());
  }

  @Test
  @Timeout(30)
  void theFirstFailureEndsTheOthersAndIsTheOneThatIsThrown() {
    try (SideBySide stages = SideBySide.atOnce(SparkTest.context(), "failing")) {
      SideBySide.Pending<Long> slow =
          stages.start("slow", () -> sleepOnExecutors(Duration.ofMinutes(5)));
      stages.start("bad", SideBySideTest::failSoon);

      assertThatThrownBy(slow::await).isInstanceOf(UserError.class).hasMessage("a bad stage");
    }
  }

  @Test
  @Timeout(30)
  void aStageBetweenTwoJobsSubmitsNoMoreAfterAnotherFailed() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicReference<RuntimeException> seen = new AtomicReference<>();
    UserError bad = UserError.input("a bad stage");
    try (SideBySide stages = SideBySide.atOnce(SparkTest.context(), "between")) {
      SideBySide.Pending<Boolean> between =
          stages.start(
              "between",
              () -> {
                try {
                  while (true) {
                    SideBySide.checkGoesOn();
                    Thread.onSpinWait();
                  }
                } catch (RuntimeException e) {
                  seen.set(e);
                  ended.countDown();
                  throw e;
                }
              });
      stages.start(
          "bad",
          () -> {
            throw bad;
          });

      ended.await();
      assertThat(seen.get()).isSameAs(bad);
      assertThatThrownBy(between::await).isSameAs(bad);
    }
    assertThatCode(SideBySide::checkGoesOn).doesNotThrowAnyException();
  }

  @Test
  void stagesInTurnKeepTheirOrder() {
    List<String> order = new CopyOnWriteArrayList<>();
    try (SideBySide stages = SideBySide.inTurn(SparkTest.context(), "turn")) {
      SideBySide.Pending<Boolean> first = stages.start("first", () -> order.add("first"));
      SideBySide.Pending<Boolean> second = stages.start("second", () -> order.add("second"));

      first.await();
      second.await();
    }

    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void aTransformersTrainingDataIsLabelledBesideItsCalibrationWithTheSameBitsAsInTurn(
      @TempDir Path texts) throws IOException {
    GlossFixture glosses = new GlossFixture(texts);
    Map<String, String> settings =
        new TreeMap<>(
            Map.of(
                "steps", "[fuse, label, {quantize: {preset: int8}}]",
                "runtime.batch", "1024",
                "spark.partitions", "15"));
    RunResult atOnce = compress(glosses.request("work", settings), "texts-at-once");
    settings.put("runtime.memory-limit", roomForOneModel(glosses.request("room", settings)));
    RunResult inTurn = compress(glosses.request("other", settings), "texts-in-turn");

    assertThat(overlap(span("texts-at-once", "calibrate"), span("texts-at-once", "label train")))
        .isTrue();
    assertThat(overlap(span("texts-in-turn", "calibrate"), span("texts-in-turn", "label train")))
        .isFalse();
    assertThat(StoreHashes.of(texts.resolve("work")))
        .isEqualTo(StoreHashes.of(texts.resolve("other")));
    assertThat(atOnce.steps().get(1).sha256()).isEqualTo(inTurn.steps().get(1).sha256());
  }

  private static RunResult compress(String name, Map<String, String> overrides) {
    Map<String, String> settings = new TreeMap<>(overrides);
    settings.put("spark.partitions", "7");
    return compress(fixture.request(name, settings), name);
  }

  private static RunResult compress(PipelineRequest request, String name) {
    return Pipeline.compress(
        new PipelineRequest(
            request.recipe(),
            request.work(),
            Optional.of(name),
            Optional.empty(),
            ProgressListener.silent()));
  }

  /** A limit that holds the larger of the two models' sessions, but not both. */
  private static String roomForOneModel(PipelineRequest request) {
    try (Run run = Run.open(request)) {
      Teacher teacher = new TeacherStage(run).execute();
      int batch = request.recipe().runtime().batch().orElse(32);
      List<StatisticRequest> requests = Int8Preset.requests(teacher.fused());
      long labelling = bytes(run, teacher.fused(), batch);
      long calibration =
          bytes(run, new CalibrateStage(run).observed(teacher.fused(), requests), batch);
      long room = Math.max(labelling, calibration) + Math.min(labelling, calibration) / 2;
      return room / 1_000 + " kB";
    }
  }

  private static long bytes(Run run, Model model, int batch) {
    return MemoryGuard.predict(run.inputs(), model, batch, run.slots()).totalBytes();
  }

  private static Long sleepOnExecutors(Duration time) {
    JavaSparkContext spark = SparkTest.context();
    return spark.parallelize(List.of(time.toMillis()), 1).map(SideBySideTest::sleep).first();
  }

  private static Long sleep(Long millis) throws InterruptedException {
    Thread.sleep(millis);
    return millis;
  }

  private static Long failSoon() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    throw UserError.input("a bad stage");
  }

  /** From when to when Spark ran the jobs of a stage, in milliseconds. */
  private static long[] span(String run, String stage) throws IOException {
    String group = run + " " + stage;
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    Map<Integer, String> groups = new TreeMap<>();
    for (String line : SparkTest.events()) {
      JsonNode event = new ObjectMapper().readTree(line);
      int job = event.path("Job ID").asInt(-1);
      if (event.path("Event").asText().equals("SparkListenerJobStart")) {
        groups.put(job, event.path("Properties").path("spark.jobGroup.id").asText());
        if (groups.get(job).equals(group)) {
          assertThat(event.path("Properties").path("spark.scheduler.pool").asText())
              .isEqualTo(stage);
          begin = Math.min(begin, event.path("Submission Time").asLong());
        }
      } else if (group.equals(groups.get(job)) && event.has("Completion Time")) {
        end = Math.max(end, event.path("Completion Time").asLong());
      }
    }
    assertThat(begin).as("jobs of " + group).isLessThan(end);
    return new long[] {begin, end};
  }

  private static boolean overlap(long[] one, long[] other) {
    return Math.max(one[0], other[0]) < Math.min(one[1], other[1]);
  }
}
