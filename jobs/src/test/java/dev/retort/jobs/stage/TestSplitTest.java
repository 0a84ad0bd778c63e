package dev.retort.jobs.stage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.Event;
import dev.retort.jobs.run.EventKind;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.WorkRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test split is evaluated once a step, after its plan is frozen; nothing else takes it. */
class TestSplitTest {
  private static final Set<String> OF_THE_DRIVER = Set.of("teacher", "fuse", "quantize");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.retort.jobs");

  @TempDir static Path folder;

  private static FashionFixture fixture;
  private static RunResult result;

  @BeforeAll
  static void compressOnce() {
    fixture = new FashionFixture(folder);
    result = Pipeline.compress(fixture.request("work", Map.of()));
  }

  @Test
  void nobodyGetsTheRows() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(TestSplit.class.getName())
        .should()
        .accessField(TestSplit.class, "rows")
        .check(CLASSES);
    methods()
        .that()
        .areDeclaredIn(TestSplit.class)
        .should()
        .haveRawReturnType(
            DescribedPredicate.describe(
                "a descriptor, a score or logits",
                type ->
                    Set.of("DatasetDescriptor", "Score", "StoredLabels")
                        .contains(type.getSimpleName())))
        .check(CLASSES);
    assertThat(CLASSES.get(TestSplit.class).getFields())
        .allMatch(field -> field.getModifiers().contains(JavaModifier.PRIVATE));
  }

  @Test
  void theRowsGoToLabelAndEvaluateAlone() {
    assertThat(CLASSES.get(TestSplit.class).getMethodCallsFromSelf())
        .extracting(call -> call.getTargetOwner().getSimpleName())
        .containsOnly("StoredDataset", "LabelStage", "EvaluateStage", "OptionalInt");
  }

  @Test
  void onlyIngestMakesItAndOnlyTheJudgeUsesIt() {
    assertThat(CLASSES.get(TestSplit.class).getConstructorCallsToSelf())
        .extracting(call -> call.getOriginOwner().getSimpleName())
        .containsOnly("IngestStage");
    assertThat(CLASSES.get(TestSplit.class).getMethodCallsToSelf())
        .filteredOn(call -> !call.getName().equals("descriptor"))
        .extracting(call -> call.getOriginOwner().getSimpleName())
        .containsOnly("JudgeStage");
  }

  @Test
  void eachStepIsEvaluatedOnceAfterItsPlanWasWritten() throws IOException {
    List<Event> ends = stageEnds("run");

    assertThat(ends)
        .extracting(TestSplitTest::stage)
        .filteredOn(stage -> !stage.startsWith("evaluate candidate"))
        .filteredOn(stage -> stage.matches("evaluate .*|.* test"))
        .containsExactly(
            "ingest test", "label test", "evaluate teacher", "evaluate fuse", "evaluate quantize");
    for (ModelOutcome step : result.steps()) {
      Event end = find(ends, "evaluate " + step.name());
      Path plan = fixture.run("work").resolve(step.model()).resolveSibling("plan.json");
      assertThat(Files.getLastModifiedTime(plan).toInstant())
          .isBeforeOrEqualTo(begin(end))
          .isAfterOrEqualTo(find(ends, step.name()).time().truncatedTo(ChronoUnit.MILLIS));
    }
  }

  /** Whatever takes the test data is computed again when that is other data, and nothing else. */
  @Test
  void otherTestDataChangesWhatIsMeasuredAndNotWhatIsMade() throws IOException {
    Path fewer = folder.resolve("fewer");
    SparkTest.session()
        .read()
        .parquet(fixture.data("test").toString())
        .limit(FashionFixture.TEST_ROWS / 2)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(fewer.toString());
    PipelineRequest request = fixture.request("work", Map.of("data.test.path", fewer.toString()));
    RunResult other =
        Pipeline.compress(
            new PipelineRequest(
                request.recipe(),
                request.work(),
                Optional.of("other"),
                Optional.of(fixture.run("work").resolve("measurements.json")),
                ProgressListener.silent()));

    assertThat(stageEnds("other"))
        .filteredOn(end -> ((Number) end.fields().get("computed")).longValue() > 0)
        .extracting(TestSplitTest::stage)
        .filteredOn(stage -> !OF_THE_DRIVER.contains(stage))
        .containsExactly("ingest test", "label test", "evaluate teacher", "evaluate quantize");
    for (int i = 0; i < result.steps().size(); i++) {
      ModelOutcome one = result.steps().get(i);
      assertThat(other.steps().get(i).sha256()).isEqualTo(one.sha256());
      assertThat(other.steps().get(i).metrics().get("samples"))
          .isLessThan(one.metrics().get("samples"));
      Path plan = fixture.run("work").resolve(one.model()).resolveSibling("plan.json");
      Path run = fixture.run("work");
      assertThat(run.resolveSibling("other").resolve(run.relativize(plan)))
          .hasSameTextualContentAs(plan);
    }
  }

  private static List<Event> stageEnds(String run) {
    return RunDirectory.of(WorkRoot.of(folder.resolve("work")), new RunId(run)).events().stream()
        .filter(event -> event.kind().equals(EventKind.STAGE_END.text()))
        .toList();
  }

  private static String stage(Event end) {
    return (String) end.fields().get("stage");
  }

  private static Event find(List<Event> ends, String stage) {
    return ends.stream().filter(end -> stage(end).equals(stage)).findFirst().orElseThrow();
  }

  private static Instant begin(Event end) {
    double seconds = ((Number) end.fields().get("seconds")).doubleValue();
    return end.time().minus(Duration.ofNanos(Math.round(seconds * 1e9)));
  }
}
