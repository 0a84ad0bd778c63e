package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.ShardBuffers;
import dev.retort.error.ExitCode;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.JobDescriptions;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.spark.LabelReader;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job on a small part of the real data. */
class PipelineTest {
  private static final Map<String, String> TWO_PARTITIONS = Map.of("spark.partitions", "2");

  @TempDir static Path folder;

  private static final SortedMap<String, String> GOLDEN_STORE = new TreeMap<>();

  private static FashionFixture fixture;
  private static RunResult result;
  private static List<String> jobs;

  @BeforeAll
  static void compressOnce() {
    fixture = new FashionFixture(folder);
    try (JobDescriptions descriptions = JobDescriptions.listen()) {
      result = Pipeline.compress(fixture.request("work", TWO_PARTITIONS));
      jobs = descriptions.heard();
    }
    GOLDEN_STORE.putAll(StoreHashes.of(folder.resolve("work")));
  }

  @Test
  void theResultIsSmallerAndAgreesWithTheTeacher() {
    ModelOutcome quantized = result.steps().get(1);

    assertThat(result.status()).isEqualTo("ok");
    assertThat(result.exitCode()).isZero();
    assertThat(result.reproducible()).isTrue();
    assertThat(result.steps()).extracting(ModelOutcome::name).containsExactly("fuse", "quantize");
    assertThat(quantized.sizeBytes() * 3).isLessThan(result.teacher().sizeBytes());
    assertThat(quantized.metrics().get("agreement")).isGreaterThan(0.97);
    assertThat(result.teacher().metrics()).containsEntry("agreement", 1.0);
    assertThat(result.teacher().metrics().get("accuracy")).isBetween(0.90, 1.0);
    assertThat(quantized.gates()).extracting(GateResult::passed).containsOnly(true);
  }

  @Test
  void theRunDirectoryHoldsEveryModelWithItsDigest() throws IOException {
    RunResult written =
        Json.read(Files.readString(fixture.run("work").resolve("result.json")), RunResult.class);

    assertThat(written.steps()).isEqualTo(result.steps());
    for (ModelOutcome step : written.steps()) {
      Path file = fixture.run("work").resolve(step.model());
      assertThat(Sha256.ofFile(file)).isEqualTo(step.sha256());
      assertThat(Files.size(file)).isEqualTo(step.sizeBytes());
      assertThat(file.resolveSibling("plan.json")).content().contains("\"decisions\"");
    }
    for (String name :
        List.of(
            "recipe.yaml", "report.html", "measurements.json", "events.jsonl", "manifest.json")) {
      assertThat(fixture.run("work").resolve(name)).isNotEmptyFile();
    }
  }

  @Test
  void theCountsByClassLieBesideEachModelAndAreInTheReport() throws IOException {
    for (String model :
        List.of(
            result.teacher().model(),
            result.steps().get(0).model(),
            result.steps().get(1).model())) {
      List<String> lines =
          Files.readAllLines(fixture.run("work").resolve(model).resolveSibling("confusion.csv"));
      assertThat(lines).hasSize(11);
      assertThat(lines.get(0)).startsWith("labelled,called 0,").endsWith("called 9,f1");
      long samples =
          lines.stream()
              .skip(1)
              .map(line -> List.of(line.split(",", -1)).subList(1, 11))
              .flatMap(List::stream)
              .mapToLong(Long::parseLong)
              .sum();
      assertThat((double) samples).isEqualTo(result.teacher().metrics().get("samples"));
    }
    assertThat(fixture.run("work").resolve("report.html"))
        .content()
        .contains("<section id=\"classes\">", "<table class=\"matrix\">");
  }

  @Test
  void everySparkJobSaysWhatItDoes() {
    assertThat(jobs).hasSizeGreaterThan(10).noneMatch(job -> job.matches("job \\d+"));
    assertThat(jobs)
        .contains("Ask executors for their processors and memory")
        .anyMatch(job -> job.startsWith("Ingest train: "))
        .anyMatch(job -> job.startsWith("label test: "));
  }

  @Test
  void aFinishedRunGivesItsResultAgainWithoutWork() {
    long before = lastModified(fixture.run("work").resolve("report.html"));

    RunResult again = Pipeline.compress(fixture.request("work", TWO_PARTITIONS));

    assertThat(again).isEqualTo(result);
    assertThat(lastModified(fixture.run("work").resolve("report.html"))).isEqualTo(before);
  }

  @Test
  void thePlanFindsWhatTheRunLeftInTheStore() {
    RunOutlook done = Pipeline.plan(fixture.request("work", TWO_PARTITIONS));
    RunOutlook fresh = Pipeline.plan(fixture.request("elsewhere", TWO_PARTITIONS));

    assertThat(done.state()).isEqualTo("finished");
    assertThat(done.stages())
        .filteredOn(stage -> stage.name().matches("(ingest|label|subset|calibrate).*"))
        .hasSize(7)
        .allMatch(stage -> stage.status() == RunOutlook.Status.STORED);
    assertThat(done.stages())
        .as("a finished run has nothing left to do")
        .noneMatch(stage -> stage.status() == RunOutlook.Status.TO_RUN)
        .noneMatch(stage -> stage.status() == RunOutlook.Status.DEPENDS);
    Set<String> ran = result.stages().stream().map(StageTiming::stage).collect(Collectors.toSet());
    ran.remove("teacher");
    assertThat(done.stages())
        .as("every stage that ran is listed")
        .extracting(RunOutlook.PlannedStage::name)
        .containsAll(ran);
    assertThat(done.memory().totalBytes()).isPositive();
    assertThat(fresh.state()).isEqualTo("new");
    assertThat(fresh.stages())
        .noneMatch(stage -> stage.status() == RunOutlook.Status.STORED)
        .anyMatch(stage -> stage.status() == RunOutlook.Status.DEPENDS);
  }

  @Test
  void otherPartitionsGiveTheSameBits() {
    RunResult other =
        Pipeline.compress(
            fixture.request(
                "other", Map.of("spark.partitions", "7"), Optional.of(measurements("work"))));

    assertThat(other.steps())
        .extracting(ModelOutcome::sha256)
        .containsExactlyElementsOf(result.steps().stream().map(ModelOutcome::sha256).toList());
    assertThat(StoreHashes.of(folder.resolve("work")))
        .containsAllEntriesOf(StoreHashes.of(folder.resolve("other")));
    assertThat(other.steps().get(1).metrics()).isEqualTo(result.steps().get(1).metrics());
    assertThat(other.steps().get(1).latencyMillis())
        .isEqualTo(result.steps().get(1).latencyMillis());
  }

  @Test
  void anEditedQuantizeStepRedoesNeitherIngestNorLabels() {
    Map<String, String> edited = new TreeMap<>(TWO_PARTITIONS);
    edited.put("steps.1.quantize.calibration.range", "minmax");
    edited.put("steps.1.quantize.ops", "auto");
    PipelineRequest request = fixture.request("work", edited);
    RunResult again =
        Pipeline.compress(
            new PipelineRequest(
                request.recipe(),
                request.work(),
                Optional.of("edited"),
                Optional.empty(),
                ProgressListener.silent()));

    assertThat(again.stages())
        .filteredOn(
            stage -> stage.stage().startsWith("label") || stage.stage().startsWith("ingest"))
        .isNotEmpty()
        .allMatch(stage -> stage.computed() == 0);
    assertThat(again.steps().get(0).sha256()).isEqualTo(result.steps().get(0).sha256());
    assertThat(again.steps().get(1).sha256()).isNotEqualTo(result.steps().get(1).sha256());
    assertThat(again.stages())
        .extracting(StageTiming::stage)
        .filteredOn(name -> name.startsWith("evaluate candidate"))
        .hasSizeGreaterThan(1)
        .doesNotHaveDuplicates();
  }

  /** A golden that changes asks for a new version of its stage in {@link StageKeys}. */
  @ParameterizedTest
  @ValueSource(strings = {"ingest", "subset"})
  void aStageOnDataAloneMakesItsGoldenBytes(String stage) {
    assertThat(hashOf(stage)).isEqualTo(Goldens.ofAnyMachine(stage));
  }

  /** On a class of processor without goldens, {@link #valuesAreNearTheirReferences} says all. */
  @ParameterizedTest
  @ValueSource(strings = {"label", "calibrate", "evaluate"})
  void aStageOnOnnxRuntimeMakesItsGoldenBytes(String stage) throws IOException {
    makesItsGolden(stage, Goldens.ofThisMachine(stage), values(stage));
  }

  /** As on a class of processor without goldens. */
  @ParameterizedTest
  @ValueSource(strings = {"label", "calibrate", "evaluate"})
  void valuesAreNearTheirReferences(String stage) throws IOException {
    SortedMap<String, Double> values = values(stage);
    makesItsGolden(stage, Optional.empty(), values);

    for (String name : List.of(values.firstKey(), values.lastKey())) {
      SortedMap<String, Double> wrong = new TreeMap<>(values);
      wrong.merge(name, 0.1, Double::sum);
      assertThatThrownBy(() -> makesItsGolden(stage, Optional.empty(), wrong))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(name);
    }
  }

  private static void makesItsGolden(
      String stage, Optional<String> golden, SortedMap<String, Double> values) {
    if (golden.isPresent()) {
      assertThat(hashOf(stage)).isEqualTo(golden.get());
    } else {
      GoldenValues.check(stage, values);
    }
  }

  private static SortedMap<String, Double> values(String stage) throws IOException {
    return switch (stage) {
      case "label" -> logits();
      case "calibrate" -> ranges();
      default -> metrics();
    };
  }

  /** The teacher's logits on the first test samples. */
  private static SortedMap<String, Double> logits() {
    SortedMap<String, Double> values = new TreeMap<>();
    try (Run run = Run.open(fixture.request("work", TWO_PARTITIONS).named("look"))) {
      LabelStage stage = new LabelStage(run, new TeacherStage(run).execute(), 32);
      StoredLabels labels = new IngestStage(run).execute().test().label(stage);
      try (LabelReader reader = new LabelReader(labels)) {
        SampleBlock block = reader.read(0, new ShardBuffers()).logits();
        for (int i = 0; i < 40; i++) {
          values.put("%02d".formatted(i), (double) block.bytes().getFloat(i * Float.BYTES));
        }
      }
    }
    return values;
  }

  private static SortedMap<String, Double> ranges() throws IOException {
    Path file = fixture.run("work").resolve("steps/02-quantize/statistics/ranges.json");
    SortedMap<String, Double> values = new TreeMap<>();
    Json.read(Files.readString(file), CalibrationResult.class)
        .tensors()
        .forEach(
            tensor -> {
              values.put(tensor.tensor() + "/min", tensor.min());
              values.put(tensor.tensor() + "/max", tensor.max());
              List<Double> ends = tensor.ranges().get("percentile");
              values.put(tensor.tensor() + "/percentile-low", ends.get(0));
              values.put(tensor.tensor() + "/percentile-high", ends.get(1));
            });
    return values;
  }

  private static SortedMap<String, Double> metrics() {
    SortedMap<String, Double> values = new TreeMap<>();
    for (ModelOutcome model : List.of(result.teacher(), result.steps().get(1))) {
      for (String name : List.of("accuracy", "agreement", "meanKl")) {
        values.put(model.name() + "/" + name, model.metrics().get(name));
      }
    }
    return values;
  }

  /** The hashes of a stage's shards in the undisturbed run, over all of its fingerprints. */
  private static String hashOf(String stage) {
    List<String> shards = new ArrayList<>();
    GOLDEN_STORE.forEach(
        (name, hashes) -> {
          if (name.startsWith(stage + "/")) {
            shards.add(hashes);
          }
        });
    shards.sort(Comparator.naturalOrder());
    return Sha256.of(shards.toString()).hex();
  }

  @Test
  void aFailedRunSaysWhyInItsResult() throws IOException {
    PipelineRequest request =
        fixture.request("failed", Map.of("data.inputs.image.column", "picture"));

    assertThatThrownBy(() -> Pipeline.compress(request))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("picture")
        .hasMessageContaining("image");

    RunResult written =
        Json.read(Files.readString(fixture.run("failed").resolve("result.json")), RunResult.class);
    assertThat(written.status()).isEqualTo("failed");
    assertThat(written.exitCode()).isEqualTo(ExitCode.INPUT.code());
    assertThat(written.message()).contains("picture");
    assertThat(fixture.run("failed").resolve("manifest.json")).doesNotExist();
  }

  @Test
  void aFinishedRunIsNotTheResultOfAnotherModel() throws IOException {
    Path copy = Files.createDirectories(fixture.run("changed"));
    for (String name : List.of("recipe.yaml", "manifest.json", "result.json")) {
      Files.copy(fixture.run("work").resolve(name), copy.resolve(name));
    }
    String before = Sha256.of("the model that was there").hex();
    String now = result.teacher().sha256().hex();
    Path json = copy.resolve("result.json");
    Files.writeString(json, Files.readString(json).replace(now, before));

    assertThatThrownBy(() -> Pipeline.compress(fixture.request("changed", TWO_PARTITIONS)))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("fashion-resnet.onnx has SHA-256 " + now + ", must have " + before)
        .hasMessageContaining("--run-id");
  }

  @Test
  void whatIsNotMeasuredIsSaid() throws IOException {
    String note = "the same bytes as the teacher's inference copy";

    assertThat(result.steps().get(0).note()).startsWith(note);
    assertThat(result.steps().get(1).note()).isEmpty();
    assertThat(Files.readString(fixture.run("work").resolve("report.html")))
        .containsOnlyOnce("inference copy");
  }

  @Test
  void aModelOverTheLimitIsRefusedByNameBeforeAnythingRuns() throws IOException {
    Path file = folder.resolve("large.onnx");
    Tensor weight =
        new Tensor(
            ElementType.FLOAT32,
            Dims.of(400_000_000),
            new TensorData.FileSlice(folder.resolve("none"), 0, 1_600_000_000));
    ValueInfo output =
        ValueInfo.of("w", ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(400_000_000)));
    Model model =
        Model.of(Graph.of("g", List.of(), Map.of("w", weight), List.of(), List.of(output)));
    try (InputStream graph = OnnxWriter.encode(model, "large.onnx").get(0).open();
        RandomAccessFile sparse =
            new RandomAccessFile(folder.resolve("large.onnx.data").toFile(), "rw")) {
      Files.copy(graph, file);
      sparse.setLength(1_600_000_000);
    }
    PipelineRequest request = fixture.request("large", Map.of("model", file.toString()));

    for (Consumer<PipelineRequest> command :
        List.<Consumer<PipelineRequest>>of(Pipeline::plan, Pipeline::compress)) {
      assertThatThrownBy(() -> command.accept(request))
          .isInstanceOf(UnsupportedModelError.class)
          .hasMessageStartingWith("Cannot compress model " + file)
          .hasMessageContaining("1,600,000,000 bytes, must have at most 1,500,000,000");
    }
  }

  @Test
  void aRunBelongsToOneRecipe() {
    PipelineRequest other = fixture.request("work", Map.of("spark.partitions", "3"));

    assertThatThrownBy(() -> Pipeline.compress(other))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the recipe is another")
        .hasMessageContaining("--run-id");
  }

  @Test
  void aModelThatIsNoneEndsTheRunWithItsExitCode() throws IOException {
    Path model = Files.writeString(folder.resolve("other.onnx"), "no model");
    PipelineRequest request = fixture.request("task", Map.of("model", model.toString()));

    assertThatThrownBy(() -> Pipeline.compress(request)).isInstanceOf(UserError.class);

    RunResult written =
        Json.read(Files.readString(fixture.run("task").resolve("result.json")), RunResult.class);
    assertThat(written.exitCode()).isEqualTo(ExitCode.INPUT.code());
  }

  @Test
  void aRunDirectoryOfAnotherVersionIsRefused() throws IOException {
    Path directory = Files.createDirectories(fixture.run("version"));
    Files.createFile(directory.resolve("version-99"));

    assertThatThrownBy(() -> Pipeline.compress(fixture.request("version", TWO_PARTITIONS)))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("version")
        .hasMessageContaining("99");
  }

  @Test
  void aWorkRootThatIsAFileIsRefused() throws IOException {
    Files.writeString(folder.resolve("occupied"), "a file");

    assertThatThrownBy(() -> Pipeline.compress(fixture.request("occupied", TWO_PARTITIONS)))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("occupied");
  }

  @Test
  void aBroughtModelThatIsUntrainedIsAtChance() {
    Path other = FashionFixture.ROOT.resolve("data/models/fashion-student.onnx");
    Map<String, String> none = Map.of("spark.partitions", "2");

    List<ModelOutcome> outcomes = Pipeline.evaluate(fixture.request("student", none), other);

    assertThat(outcomes.get(1).metrics().get("accuracy")).isLessThan(0.5);
    assertThat(outcomes.get(0).metrics()).isEqualTo(result.teacher().metrics());
  }

  @Test
  void singleStagesFillTheSameStore() throws IOException {
    List<LabelResult> labels = Pipeline.label(fixture.request("work", TWO_PARTITIONS));
    CalibrationResult calibration = Pipeline.calibrate(fixture.request("work", TWO_PARTITIONS));
    List<ModelOutcome> outcomes =
        Pipeline.evaluate(
            fixture.request("work", TWO_PARTITIONS),
            fixture.run("work").resolve(result.steps().get(1).model()));

    assertThat(labels).extracting(LabelResult::data).containsExactly("train", "validation");
    assertThat(labels.get(0).samples() + labels.get(1).samples())
        .isEqualTo(FashionFixture.TRAIN_ROWS);
    assertThat(calibration.tensors())
        .isNotEmpty()
        .allSatisfy(
            tensor -> {
              assertThat(tensor.values()).isPositive();
              assertThat(tensor.ranges()).containsKeys("mse", "minmax", "percentile");
            });
    assertThat(outcomes.get(1).metrics()).isEqualTo(result.steps().get(1).metrics());
    assertThat(outcomes.get(1).sha256()).isEqualTo(result.steps().get(1).sha256());
    Path run =
        fixture.run("work").resolveSibling("run-evaluate-" + outcomes.get(1).sha256().prefix(12));
    RunResult written = Json.read(Files.readString(run.resolve("result.json")), RunResult.class);
    assertThat(written.teacher()).isEqualTo(outcomes.get(0));
    assertThat(written.steps()).containsExactly(outcomes.get(1));
  }

  private static Path measurements(String work) {
    return fixture.run(work).resolve("measurements.json");
  }

  private static long lastModified(Path file) {
    return file.toFile().lastModified();
  }
}
