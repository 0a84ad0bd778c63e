package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Padding;
import dev.retort.graph.Attribute;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.Inference;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.runtime.BatchConsumer;
import dev.retort.statistics.StatisticRequest;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.SampleBlock;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Seconds of one thread for the same pass over the same images, third pass.
 *
 * @param all with all statistics that the preset asks for
 * @param minMax with the least and greatest value of each tensor, folded in Java
 * @param inGraph with ReduceMin and ReduceMax in the graph
 */
record CalibrationCost(double all, double minMax, double inGraph) {
  private static final int PASSES = 3;
  private static final int BATCH = 32;

  static CalibrationCost of(
      Run run, Teacher teacher, StoredDataset images, List<StatisticRequest> requests) {
    List<String> tensors =
        StatisticsTable.empty(requests).tensors().stream()
            .filter(tensor -> !GraphEditor.of(teacher.fused()).isInput(tensor))
            .toList();
    Model returning = CalibrateStage.instrument(teacher.fused(), tensors);
    StatisticsTable table = StatisticsTable.empty(requests);
    double all =
        seconds(run, returning, images, tensors, (batch, out) -> out.forEach(table::update));
    double minMax =
        seconds(run, returning, images, tensors, (batch, out) -> out.values().forEach(MinMax::of));
    List<String> reduced = new ArrayList<>();
    Model reducing = reduce(teacher.fused(), tensors, reduced);
    double inGraph = seconds(run, reducing, images, reduced, (batch, out) -> {});
    return new CalibrationCost(all, minMax, inGraph);
  }

  private static double seconds(
      Run run, Model model, StoredDataset images, List<String> outputs, BatchConsumer consumer) {
    Inference inference =
        new Inference(run.models().put(model), run.store().work(), BATCH, 1, Padding.LONGEST);
    DatasetDescriptor data = images.descriptor();
    double last = 0;
    try (Inference.Lease lease = inference.acquire(outputs);
        DatasetReader reader = new DatasetReader(images)) {
      for (int pass = 0; pass < PASSES; pass++) {
        long begin = System.nanoTime();
        for (int shard = 0; shard < data.shards(); shard++) {
          lease.inference().run(reader.read(shard).inputs(), consumer);
        }
        last = (System.nanoTime() - begin) / 1e9;
      }
    }
    return last;
  }

  private static Model reduce(Model model, List<String> tensors, List<String> outputs) {
    GraphEditor editor = GraphEditor.of(model);
    for (String tensor : tensors) {
      for (String opType : List.of("ReduceMin", "ReduceMax")) {
        String output = editor.freshName(tensor + "_" + opType);
        editor.add(
            Node.of(
                output,
                opType,
                List.of(tensor),
                List.of(output),
                Map.of("keepdims", Attribute.of(0L))));
        editor.addOutput(ValueInfo.of(output, new ValueType.Other(Opaque.NONE)));
        outputs.add(output);
      }
    }
    return editor.build();
  }

  /** The plain loop, on the heap and without the NaN rules of Math.min, so that it is fast. */
  private record MinMax(float min, float max) {
    private static final int PIECE = 4_096;

    static MinMax of(SampleBlock block) {
      FloatBuffer values = block.bytes().asFloatBuffer();
      float[] piece = new float[PIECE];
      float min = Float.POSITIVE_INFINITY;
      float max = Float.NEGATIVE_INFINITY;
      while (values.hasRemaining()) {
        int count = Math.min(PIECE, values.remaining());
        values.get(piece, 0, count);
        for (int i = 0; i < count; i++) {
          min = piece[i] < min ? piece[i] : min;
          max = piece[i] > max ? piece[i] : max;
        }
      }
      return new MinMax(min, max);
    }
  }
}
