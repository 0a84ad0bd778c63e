package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts a loss behind the first output of a model. */
final class Losses {
  static final String LOSS = "loss";
  static final String LABEL = "label";

  private Losses() {}

  /**
   * The mean cross-entropy of logits {@code [N, classes]} against an input {@code label [N, 1]}.
   */
  static Model crossEntropy(Model model) {
    String logits = model.graph().outputs().get(0).name();
    List<Node> nodes =
        List.of(
            Node.of("logp", "LogSoftmax", List.of(logits), List.of("logp")),
            Node.of(
                "picked",
                "GatherElements",
                List.of("logp", LABEL),
                List.of("picked"),
                Map.of("axis", Attribute.of(1))),
            Node.of("negative", "Neg", List.of("picked"), List.of("negative")));
    return with(
        model,
        nodes,
        "negative",
        Map.of(),
        List.of(
            ValueInfo.of(LABEL, ValueType.OfTensor.of(ElementType.INT64, Dim.of("N"), Dim.of(1)))));
  }

  /** The mean of {@code output} times {@code weights}. */
  static Model linear(Model model, String output, Tensor weights) {
    List<Node> nodes =
        List.of(Node.of("weighted", "Mul", List.of(output, "loss_weights"), List.of("weighted")));
    return with(model, nodes, "weighted", Map.of("loss_weights", weights), List.of());
  }

  /** The loss is the mean of {@code terms}, taken in float64. */
  private static Model with(
      Model model,
      List<Node> added,
      String terms,
      Map<String, Tensor> constants,
      List<ValueInfo> inputs) {
    Graph graph = model.graph();
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.addAll(added);
    nodes.add(
        Node.of(
            "wide",
            "Cast",
            List.of(terms),
            List.of("wide"),
            Map.of("to", Attribute.of((long) ElementType.FLOAT64.number()))));
    nodes.add(
        Node.of(
            "mean",
            "ReduceMean",
            List.of("wide"),
            List.of(LOSS),
            Map.of("keepdims", Attribute.of(0))));
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    initializers.putAll(constants);
    List<ValueInfo> allInputs = new ArrayList<>(graph.inputs());
    allInputs.addAll(inputs);
    ValueInfo loss = ValueInfo.of(LOSS, ValueType.OfTensor.of(ElementType.FLOAT64));
    return model.withGraph(Graph.of(graph.name(), nodes, initializers, allInputs, List.of(loss)));
  }

  static Tensor labels(int... labels) {
    long[] values = new long[labels.length];
    for (int i = 0; i < labels.length; i++) {
      values[i] = labels[i];
    }
    return Tensor.ofLongs(Dims.of(labels.length, 1), values);
  }
}
