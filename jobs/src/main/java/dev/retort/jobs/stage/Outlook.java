package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Model;
import dev.retort.jobs.ingest.StoredData;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.jobs.stage.RunOutlook.Status;
import dev.retort.quantization.DynamicInt8;
import dev.retort.quantization.Int8Preset;
import dev.retort.quantization.Int8Scheme;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.Step;
import dev.retort.runtime.MemoryPrediction;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.Dims;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Looks ahead without Spark: goes through the stages of {@link Compression} in its order, says
 * which results are in the store or measured already, and what memory the teacher would take. Takes
 * this machine's processor for that of the executors. What hangs on the outcome of a stage that is
 * not in the store depends on it.
 */
final class Outlook {
  private static final int ASSUMED_BATCH = 32;

  private final Recipe recipe;
  private final RunDirectory directory;
  private final StoredResults results;
  private final DataInputs inputs;
  private final CheckedModel teacher;
  private final StoredModel file;
  private final StoredModel inference;
  private final Sets sets;
  private final List<Step.Label> waiting = new ArrayList<>();

  /** What the store has of the data sets. */
  private record Sets(
      Optional<DatasetDescriptor> train,
      Optional<DatasetDescriptor> validation,
      Optional<DatasetDescriptor> test) {}

  private Outlook(PipelineRequest request) {
    recipe = request.recipe();
    WorkRoot work = request.root();
    directory = RunDirectory.of(work, new RunId(request.effectiveRunId()));
    if (!directory.isFinished()) {
      Store.requireWritable(work);
    }
    results =
        new StoredResults(
            StageKeys.ofThisMachine(recipe, Store.look(work)),
            MeasurementFile.known(directory, MeasurementFile.replayed(request)),
            directory.isFinished() ? Status.DONE : Status.TO_RUN);
    inputs = DataInputs.of(recipe.data());
    teacher = CheckedModel.of(recipe);
    file = teacher.unstored();
    inference = StoredResults.stored(teacher.fused());
    results.whole(
        "probe teacher",
        TeacherStage.trial(results.keys(), inputs, file.sha256()),
        "tries the model in a process of its own");
    sets = sets();
  }

  static RunOutlook of(PipelineRequest request) {
    return new Outlook(request).look(request.effectiveRunId());
  }

  private RunOutlook look(String runId) {
    OptionalInt batch = batch();
    chain(batch);
    int slots =
        Math.max(1, Runtime.getRuntime().availableProcessors() / recipe.runtime().threads());
    int assumed = batch.orElse(ASSUMED_BATCH);
    MemoryPrediction memory = MemoryGuard.predict(inputs, teacher.fused(), assumed, slots);
    // A finished run gives its result, whatever it would take to run it.
    List<String> notes =
        directory.isFinished()
            ? List.of()
            : MemoryLimit.check(recipe, teacher.fused(), batch, HadoopSettings.sparkOfThisProcess())
                .stream()
                .toList();
    String state =
        directory.isFinished() ? "finished" : directory.events().isEmpty() ? "new" : "interrupted";
    return new RunOutlook(runId, state, results.stages(), memory, slots, assumed, notes);
  }

  private Sets sets() {
    List<PlannedIngest> planned = PlannedIngest.of(recipe.data(), inputs, results.keys());
    planned.forEach(
        set ->
            results.add(
                "ingest " + set.name(),
                set.stored().isPresent() ? Status.STORED : Status.TO_RUN,
                set.words()));
    return new Sets(planned.get(0).stored(), planned.get(1).stored(), planned.get(2).stored());
  }

  /** The recipe's batch, or the one that was measured. */
  private OptionalInt batch() {
    if (recipe.runtime().batch().isPresent()) {
      return recipe.runtime().batch();
    }
    return measured(MeasureStage.BATCH, List.of(inference), "the fastest batch")
        .map(found -> OptionalInt.of((int) found.value(MeasureStage.BEST_BATCH)))
        .orElse(OptionalInt.empty());
  }

  private void chain(OptionalInt batch) {
    Optional<StoredLabels> onTest = label("test", sets.test(), OptionalInt.empty(), batch);
    if (onTest.isPresent()) {
      results.teacherScore("evaluate teacher", sets.test().orElseThrow(), onTest.get());
    } else {
      results.depends("evaluate teacher", "label test", "scores it on the test rows");
    }
    Map<String, Optional<StoredModel>> files = new LinkedHashMap<>();
    files.put("the teacher", Optional.of(file));
    Optional<Model> model = Optional.of(teacher.model());
    boolean fused = false;
    for (Step step : recipe.steps()) {
      if (step instanceof Step.Label labelling) {
        waiting.add(labelling);
        continue;
      }
      if (step instanceof Step.Quantize quantize) {
        boolean isFused = fused;
        model =
            model
                .map(before -> isFused ? before : Fusion.apply(before).model())
                .flatMap(before -> quantize(before, quantize, batch));
      } else {
        model = model.map(before -> Fusion.apply(before).model());
        fused = true;
      }
      results.onDriver(step.name(), "decides and rewrites");
      Optional<StoredModel> stored = model.map(StoredResults::stored);
      files.put(step.name(), stored);
      evaluate(step.name(), stored, onTest);
    }
    labelTrain(batch);
    conclude(files);
  }

  private void evaluate(String step, Optional<StoredModel> model, Optional<StoredLabels> onTest) {
    String name = "evaluate " + step;
    if (model.isPresent() && onTest.isPresent()) {
      results.score(name, model.get(), sets.test().orElseThrow(), onTest.get());
    } else {
      results.depends(
          name, onTest.isEmpty() ? "label test" : step, "scores the new model on the test rows");
    }
  }

  private Optional<StoredLabels> label(
      String title, Optional<DatasetDescriptor> data, OptionalInt topK, OptionalInt batch) {
    String name = "label " + title;
    if (data.isEmpty() || batch.isEmpty()) {
      String on = data.isEmpty() ? "ingest " + title : "measure batch";
      results.depends(name, on, "the teacher's outputs");
      return Optional.empty();
    }
    return results.labels(
        name, LabelStage.format(inference, teacher.classes(), topK), data.get(), batch.getAsInt());
  }

  /** The labelling that waits for a stage with jobs of its own, or for the end. */
  private void labelTrain(OptionalInt batch) {
    waiting.forEach(step -> label("train", sets.train(), step.topK(), batch));
    waiting.clear();
  }

  private Optional<Model> quantize(Model model, Step.Quantize step, OptionalInt batch) {
    Optional<StatisticsTable> statistics = calibrate(model, step.calibration().samples(), batch);
    if (Int8Scheme.of(model).kind() == Int8Scheme.Kind.DYNAMIC) {
      labelTrain(batch);
      return statistics.map(
          found -> Int8Preset.rewrite(model, DynamicInt8.plan(model, found, step.smoothing())));
    }
    Optional<StoredLabels> labels =
        label("validation", sets.validation(), OptionalInt.empty(), batch);
    labelTrain(batch);
    return new QuantizeOutlook(results, model, step, sampleDims())
        .look(new QuantizeOutlook.Observed(statistics, sets.validation(), labels));
  }

  private Optional<StatisticsTable> calibrate(Model model, int samples, OptionalInt batch) {
    String name = "subset calibration";
    String what = "%,d samples, stratified by label".formatted(samples);
    Optional<DatasetDescriptor> subset = Optional.empty();
    if (sets.train().isPresent()) {
      StageStore store =
          results
              .keys()
              .subset(sets.train().get(), samples, SubsetStage.seed(recipe, "calibration"));
      subset = StoredData.find(store);
      results.add(name, subset.isPresent() ? Status.STORED : Status.TO_RUN, what);
    } else {
      results.depends(name, "ingest train", what);
    }
    if (subset.isEmpty() || batch.isEmpty()) {
      String on = subset.isEmpty() ? name : "measure batch";
      results.depends("calibrate", on, "observes activations in one pass");
      return Optional.empty();
    }
    return statistics(model, subset.get(), batch.getAsInt());
  }

  private Optional<StatisticsTable> statistics(Model model, DatasetDescriptor subset, int batch) {
    List<StatisticRequest> requests = Int8Preset.requests(model);
    List<String> tensors = List.copyOf(StatisticsTable.empty(requests).tensors());
    StoredModel instrumented = StoredResults.stored(CalibrateStage.instrument(model, tensors));
    StageStore store = results.keys().calibrate(instrumented, subset, requests, batch);
    return results.shards("calibrate", store, subset)
        ? Optional.of(ShardStates.merge(store, subset, StatisticsTable::of, StatisticsTable::merge))
        : Optional.empty();
  }

  /** What {@link Conclusion} does. */
  private void conclude(Map<String, Optional<StoredModel>> files) {
    List<StoredModel> known = files.values().stream().flatMap(Optional::stream).distinct().toList();
    Optional<String> unknown =
        files.entrySet().stream()
            .filter(entry -> entry.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .findFirst();
    String latency = MeasureStage.LATENCY + "result";
    if (unknown.isEmpty()) {
      measured(latency, known, "times %d models in turn".formatted(known.size()));
    } else {
      results.depends(MeasureStage.NAME + " " + latency, unknown.get(), "times all models in turn");
    }
    files.forEach(
        (name, model) -> {
          String what = "where the time of %s goes".formatted(name);
          if (model.isPresent()) {
            measured(MeasureStage.PROFILE, List.of(model.get()), what);
          } else {
            results.depends(MeasureStage.NAME + " " + MeasureStage.PROFILE, name, what);
          }
        });
    results.onDriver("report", "the page, the gates and the result");
  }

  private Optional<Measurement> measured(String kind, List<StoredModel> models, String what) {
    if (inputs.mostTokens() > 0 && sets.train().isEmpty()) {
      results.depends(MeasureStage.NAME + " " + kind, "ingest train", what);
      return Optional.empty();
    }
    return results.measured(kind, models, sampleDims(), what);
  }

  /** Without texts, or with the lengths of those that are stored. */
  private Map<String, Dims> sampleDims() {
    return sets.train()
        .map(train -> MeasureStage.sampleDims(inputs, train))
        .orElseGet(() -> inputs.storedDims(0));
  }
}
