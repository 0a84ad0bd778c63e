package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.SoftLabelFormat;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.ingest.StoredData;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.jobs.stage.RunOutlook.PlannedStage;
import dev.retort.jobs.stage.RunOutlook.Status;
import dev.retort.provenance.Sha256;
import dev.retort.quantization.Int8Preset;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.Step;
import dev.retort.runtime.MemoryPrediction;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Looks ahead without Spark: which results of a run are in the store already, and what memory the
 * teacher would take. Takes this machine's processor for that of the executors. What hangs on the
 * outcome of a stage that is not in the store is unknown.
 */
final class Outlook {
  private static final int ASSUMED_BATCH = 32;

  private final Recipe recipe;
  private final RunDirectory directory;
  private final List<Measurement> measurements;
  private final StageKeys keys;
  private final DataInputs inputs;
  private final CheckedModel teacher;
  private final StoredModel inference;
  private final Model fused;
  private final OptionalInt batch;
  private final List<PlannedStage> stages = new ArrayList<>();

  private Outlook(PipelineRequest request) {
    recipe = request.recipe();
    WorkRoot work = request.root();
    directory = RunDirectory.of(work, new RunId(request.effectiveRunId()));
    measurements = MeasurementFile.known(directory, MeasurementFile.replayed(request));
    keys = StageKeys.ofThisMachine(recipe, Store.look(work));
    inputs = DataInputs.of(recipe.data());
    teacher = CheckedModel.of(recipe);
    fused = teacher.fused();
    inference = stored(fused);
    batch = batch();
  }

  static RunOutlook of(PipelineRequest request) {
    return new Outlook(request).look(request.effectiveRunId());
  }

  private RunOutlook look(String runId) {
    addStages();
    int slots = Math.max(1, Runtime.getRuntime().availableProcessors() / keys.threads());
    int assumed = batch.orElse(ASSUMED_BATCH);
    MemoryPrediction memory = MemoryGuard.predict(inputs, fused, assumed, slots);
    String state =
        directory.isFinished() ? "finished" : directory.events().isEmpty() ? "new" : "interrupted";
    return new RunOutlook(runId, state, stages, memory, slots, assumed);
  }

  private void addStages() {
    List<PlannedIngest> sets = PlannedIngest.of(recipe.data(), inputs, keys);
    sets.forEach(
        set ->
            add(
                "ingest " + set.name(),
                set.stored().isPresent() ? Status.STORED : Status.TO_RUN,
                set.words()));
    Optional<DatasetDescriptor> train = sets.get(0).stored();
    Optional<DatasetDescriptor> validation = sets.get(1).stored();
    Optional<DatasetDescriptor> test = sets.get(2).stored();
    if (recipe.runtime().batch().isEmpty()) {
      add("measure batch", batch.isPresent() ? Status.STORED : Status.TO_RUN, "the fastest batch");
    }
    label("test", test, OptionalInt.empty());
    for (Step step : recipe.steps()) {
      if (step instanceof Step.Label labelling) {
        label("train", train, labelling.topK());
        continue;
      }
      if (step instanceof Step.Quantize quantize) {
        calibrate(train, quantize.calibration().samples());
        label("validation", validation, OptionalInt.empty());
      }
      add(step.name(), Status.TO_RUN, "decides and rewrites, on the driver");
      add("evaluate " + step.name(), Status.UNKNOWN, "scores the new model on the test rows");
    }
  }

  private void label(String title, Optional<DatasetDescriptor> data, OptionalInt topK) {
    String name = "label " + title;
    if (data.isEmpty() || batch.isEmpty()) {
      add(name, Status.UNKNOWN, "the teacher's outputs");
      return;
    }
    SoftLabelFormat format = LabelStage.format(inference, teacher.classes(), topK);
    addShards(name, keys.label(format, data.get(), batch.getAsInt()), data.get());
  }

  private void calibrate(Optional<DatasetDescriptor> train, int samples) {
    Optional<DatasetDescriptor> subset =
        train.flatMap(
            data ->
                StoredData.find(
                    keys.subset(data, samples, SubsetStage.seed(recipe, "calibration"))));
    String what = "%,d samples, stratified by label".formatted(samples);
    Status missing = train.isPresent() ? Status.TO_RUN : Status.UNKNOWN;
    add("subset calibration", subset.isPresent() ? Status.STORED : missing, what);
    if (subset.isEmpty() || batch.isEmpty()) {
      add("calibrate", Status.UNKNOWN, "observes activations in one pass");
      return;
    }
    List<StatisticRequest> requests = Int8Preset.requests(fused);
    List<String> tensors = List.copyOf(StatisticsTable.empty(requests).tensors());
    StoredModel instrumented = stored(CalibrateStage.instrument(fused, tensors));
    addShards(
        "calibrate",
        keys.calibrate(instrumented, subset.get(), requests, batch.getAsInt()),
        subset.get());
  }

  private void addShards(String name, StageStore store, DatasetDescriptor data) {
    int missing = store.missing(0, data.shards()).size();
    add(
        name,
        missing == 0 ? Status.STORED : Status.TO_RUN,
        "%d of %d shards are in the store".formatted(data.shards() - missing, data.shards()));
  }

  private void add(String name, Status status, String what) {
    stages.add(new PlannedStage(name, status, what));
  }

  /** The recipe's batch, or the one that was measured. */
  private OptionalInt batch() {
    return recipe.runtime().batch().isPresent()
        ? recipe.runtime().batch()
        : measurements.stream()
            .filter(measured -> measured.kind().equals("batch"))
            .filter(measured -> measured.settings().toString().contains(inference.sha256().hex()))
            .mapToInt(measured -> (int) measured.value(MeasureStage.BEST_BATCH))
            .findFirst();
  }

  /** What the model will be in the store; its file is not needed to look ahead. */
  private static StoredModel stored(Model model) {
    byte[] bytes = OnnxWriter.toBytes(model);
    return new StoredModel("", Sha256.of(bytes), bytes.length);
  }
}
