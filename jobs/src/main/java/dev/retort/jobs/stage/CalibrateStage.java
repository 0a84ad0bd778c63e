package dev.retort.jobs.stage;

import dev.retort.data.Batch;
import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Shard;
import dev.retort.data.TokenAxes;
import dev.retort.data.TokenValues;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.DatasetWorker;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StateWorker;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.SampleBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gathers the statistics that algorithms ask for, in one pass over the calibration data: the model
 * returns the tensors asked for, and executors fold them from pinned buffers.
 */
final class CalibrateStage {
  private static final String NAME = "calibrate";

  private final Run run;

  CalibrateStage(Run run) {
    this.run = run;
  }

  /** The statistics of {@code model} on {@code data}. */
  StatisticsTable execute(
      Model model, StoredDataset data, List<StatisticRequest> requests, int batch) {
    StatisticsTable empty = StatisticsTable.empty(requests);
    List<String> tensors = List.copyOf(empty.tensors());
    List<String> outputs = inner(GraphEditor.of(model), tensors);
    Model observed = instrument(model, tensors);
    StoredModel instrumented = run.models().put(observed);
    DatasetDescriptor descriptor = data.descriptor();
    StageStore store = run.keys().calibrate(instrumented, descriptor, requests, batch);
    Inference inference =
        run.inference("the model with its observed tensors", observed, instrumented, batch);
    run.computeShards(
        NAME,
        store,
        descriptor.plan(),
        new Calibration(data, inference, empty, TokenAxes.of(observed, tensors), outputs));
    return ShardStates.merge(store, descriptor, StatisticsTable::of, StatisticsTable::merge);
  }

  /** {@code model} as {@link #execute} runs it: what is asked for is returned. */
  Model observed(Model model, List<StatisticRequest> requests) {
    return instrument(model, List.copyOf(StatisticsTable.empty(requests).tensors()));
  }

  /**
   * {@code model} with {@code tensors} as outputs besides its own; what it takes is not returned,
   * for it is observed where it is read.
   */
  static Model instrument(Model model, List<String> tensors) {
    GraphEditor editor = GraphEditor.of(model);
    for (String tensor : inner(editor, tensors)) {
      editor.addOutput(
          editor
              .valueInfo(tensor)
              .orElseGet(() -> ValueInfo.of(tensor, new ValueType.Other(Opaque.NONE))));
    }
    return editor.build();
  }

  private static List<String> inner(GraphEditor editor, List<String> tensors) {
    return tensors.stream().filter(tensor -> !editor.isInput(tensor)).toList();
  }

  /** What executors compute: a statistics table a shard. */
  private static final class Calibration implements ShardComputation {
    private static final long serialVersionUID = 1L;

    private final StoredDataset data;
    private final Inference inference;
    private final byte[] empty;
    private final TreeMap<String, List<Integer>> tokenAxes;
    private final ArrayList<String> outputs;

    Calibration(
        StoredDataset data,
        Inference inference,
        StatisticsTable empty,
        SortedMap<String, List<Integer>> tokenAxes,
        List<String> outputs) {
      this.data = data;
      this.inference = inference;
      this.empty = empty.toBytes();
      this.tokenAxes = new TreeMap<>(tokenAxes);
      this.outputs = new ArrayList<>(outputs);
    }

    @Override
    public String suffix() {
      return StateWorker.SUFFIX;
    }

    @Override
    public Worker open(int[] shards) {
      return new CalibrationWorker(this, shards);
    }
  }

  private static final class CalibrationWorker extends DatasetWorker {
    private final byte[] empty;
    private final Map<String, List<Integer>> tokenAxes;
    private final TokenValues values = new TokenValues();
    private final Inference.Lease model;

    /** Whether the model computes what is observed; of a single layer only the input is. */
    private final boolean runs;

    CalibrationWorker(Calibration calibration, int[] shards) {
      super(calibration.data, shards);
      runs = !calibration.outputs.isEmpty();
      empty = calibration.empty;
      tokenAxes = calibration.tokenAxes;
      model = calibration.inference.acquire(calibration.outputs);
    }

    @Override
    protected byte[] state(Shard shard) {
      StatisticsTable table = StatisticsTable.of(empty);
      shard.inputs().forEach(table::update);
      if (runs) {
        model.run(
            shard,
            (batch, outputs) ->
                outputs.forEach((tensor, block) -> update(table, tensor, batch, block)));
      }
      return table.toBytes();
    }

    /** Padding is no data, so it is not observed. */
    private void update(StatisticsTable table, String tensor, Batch batch, SampleBlock block) {
      List<Integer> axes = tokenAxes.getOrDefault(tensor, List.of());
      values.forEach(batch, block, axes, valid -> table.update(tensor, valid));
    }

    @Override
    public void close() {
      model.close();
      super.close();
    }
  }
}
