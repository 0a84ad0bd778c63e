package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.SoftLabelFormat;
import dev.retort.graph.Model;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.jobs.spark.StoredShards;
import dev.retort.jobs.stage.RunOutlook.PlannedStage;
import dev.retort.jobs.stage.RunOutlook.Status;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Dims;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Looks for the results of stages in the store and in the measurements, without Spark, and lists
 * what it looked for. A result that is whole is given, so that what hangs on it can be looked for
 * in turn.
 */
final class StoredResults {
  private final StageKeys keys;
  private final List<Measurement> measurements;
  private final Status onDriver;
  private final List<PlannedStage> stages = new ArrayList<>();

  /**
   * Results of a run.
   *
   * @param onDriver how stages stand whose results only the run itself keeps
   */
  StoredResults(StageKeys keys, List<Measurement> measurements, Status onDriver) {
    this.keys = keys;
    this.measurements = List.copyOf(measurements);
    this.onDriver = onDriver;
  }

  StageKeys keys() {
    return keys;
  }

  List<PlannedStage> stages() {
    return stages;
  }

  void add(String name, Status status, String what) {
    stages.add(new PlannedStage(name, status, what));
  }

  /** A stage whose input is not known before {@code on} has run. */
  void depends(String name, String on, String what) {
    add(name, Status.DEPENDS, "on %s: %s".formatted(on, what));
  }

  /** A stage that the driver does each time; its result is part of the run. */
  void onDriver(String name, String what) {
    add(name, onDriver, what);
  }

  /** Whether {@code store} has the result that a stage leaves as a whole. */
  void whole(String name, StageStore store, String what) {
    add(name, store.result().isPresent() ? Status.STORED : Status.TO_RUN, what);
  }

  /** Whether {@code store} has all shards of {@code data}. */
  boolean shards(String name, StageStore store, DatasetDescriptor data) {
    int missing = store.missing(0, data.shards()).size();
    add(
        name,
        missing == 0 ? Status.STORED : Status.TO_RUN,
        "%d of %d shards are in the store".formatted(data.shards() - missing, data.shards()));
    return missing == 0;
  }

  /** The teacher's logits on {@code data}, if all are there. */
  Optional<StoredLabels> labels(
      String name, SoftLabelFormat format, DatasetDescriptor data, int batch) {
    StageStore store = keys.label(format, data, batch);
    return shards(name, store, data)
        ? Optional.of(new StoredLabels(StoredShards.of(store, data.shards()), format, batch))
        : Optional.empty();
  }

  /** The score of {@code model} on {@code data}, if all of it is there. */
  Optional<Score> score(
      String name, StoredModel model, DatasetDescriptor data, StoredLabels teacher) {
    boolean isTeacher = model.sha256().equals(teacher.format().teacher());
    return score(
        name,
        isTeacher ? keys.evaluateTeacher(data, teacher) : keys.evaluate(model, data, teacher),
        data);
  }

  /** The score of the teacher by its stored logits, if all of it is there. */
  Optional<Score> teacherScore(String name, DatasetDescriptor data, StoredLabels teacher) {
    return score(name, keys.evaluateTeacher(data, teacher), data);
  }

  private Optional<Score> score(String name, StageStore store, DatasetDescriptor data) {
    return shards(name, store, data)
        ? Optional.of(ShardStates.merge(store, data, Score::of, Score::merge))
        : Optional.empty();
  }

  /** What was measured of {@code models}, in this run or in the measurements that it replays. */
  Optional<Measurement> measured(
      String kind, List<StoredModel> models, Map<String, Dims> sampleDims, String what) {
    SortedMap<String, String> settings =
        MeasureStage.settings(keys.runtime(), keys.threads(), models, sampleDims);
    Sha256 key = Measurement.key(kind, settings);
    Optional<Measurement> found =
        measurements.stream().filter(measured -> measured.key().equals(key)).findFirst();
    add(MeasureStage.NAME + " " + kind, found.isPresent() ? Status.MEASURED : Status.TO_RUN, what);
    return found;
  }

  /** What {@code model} will be in the store; its file is not needed to look ahead. */
  static StoredModel stored(Model model) {
    return ModelStore.unstored(model);
  }
}
