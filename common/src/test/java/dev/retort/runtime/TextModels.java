package dev.retort.runtime;

import static dev.retort.runtime.SmallModels.N;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What is essential of a text classifier: embeddings, their masked mean, a linear layer. */
final class TextModels {
  static final Dim TOKENS = Dim.of("sequence");
  static final int CLASSES = 5;
  private static final int WIDTH = 8;

  private TextModels() {}

  /**
   * Takes {@code input_ids} and {@code attention_mask}, int32 {@code [N, sequence]}, and gives
   * {@code logits} and {@code hidden}, the embeddings.
   */
  static Model classifier(int vocabulary) {
    return Model.of(
        graph(
            vocabulary,
            List.of(
                SmallModels.value("input_ids", ElementType.INT32, N, TOKENS),
                SmallModels.value("attention_mask", ElementType.INT32, N, TOKENS)),
            List.of()));
  }

  /** As {@link #classifier}, with a vector of three that is added to the logits' mean. */
  static Model withVector(int vocabulary) {
    List<Node> added =
        List.of(
            Node.of(
                "average",
                "ReduceMean",
                List.of("age"),
                List.of("bias"),
                Map.of("axes", Attribute.ofInts(1), "keepdims", Attribute.of(1L))),
            Node.of("add", "Add", List.of("plain", "bias"), List.of("logits")));
    return Model.of(
        graph(
            vocabulary,
            List.of(
                SmallModels.value("input_ids", ElementType.INT32, N, TOKENS),
                SmallModels.value("attention_mask", ElementType.INT32, N, TOKENS),
                SmallModels.value("age", ElementType.FLOAT32, N, Dim.of(3))),
            added));
  }

  private static Graph graph(int vocabulary, List<ValueInfo> inputs, List<Node> behind) {
    String logits = behind.isEmpty() ? "logits" : "plain";
    List<Node> nodes = new ArrayList<>();
    nodes.add(Node.of("embed", "Gather", List.of("table", "input_ids"), List.of("hidden")));
    nodes.add(
        Node.of(
            "cast",
            "Cast",
            List.of("attention_mask"),
            List.of("mask"),
            Map.of("to", Attribute.of((long) ElementType.FLOAT32.number()))));
    nodes.add(Node.of("widen", "Unsqueeze", List.of("mask", "last"), List.of("wide")));
    nodes.add(Node.of("hide", "Mul", List.of("hidden", "wide"), List.of("shown")));
    Map<String, Attribute> drop = Map.of("keepdims", Attribute.of(0L));
    nodes.add(Node.of("sum", "ReduceSum", List.of("shown", "tokens"), List.of("total"), drop));
    nodes.add(Node.of("count", "ReduceSum", List.of("mask", "tokens"), List.of("number")));
    nodes.add(Node.of("mean", "Div", List.of("total", "number"), List.of("pooled")));
    nodes.add(Node.of("head", "Gemm", List.of("pooled", "weight", "zero"), List.of(logits)));
    nodes.addAll(behind);
    return Graph.of(
        "text",
        nodes,
        Map.of(
            "table", random(1, vocabulary, WIDTH),
            "weight", random(2, WIDTH, CLASSES),
            "zero", Tensor.ofFloats(Dims.of(CLASSES), new float[CLASSES]),
            "last", Tensor.ofLongs(Dims.of(1), 2),
            "tokens", Tensor.ofLongs(Dims.of(1), 1)),
        inputs,
        List.of(
            SmallModels.value("logits", ElementType.FLOAT32, N, Dim.of(CLASSES)),
            SmallModels.value("hidden", ElementType.FLOAT32, N, TOKENS, Dim.of(WIDTH))));
  }

  private static Tensor random(int seed, int rows, int columns) {
    Random random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(Dims.of(rows, columns), values);
  }
}
