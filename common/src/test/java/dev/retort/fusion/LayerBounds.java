package dev.retort.fusion;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares each layer of a fused model with the chain of nodes that it stands for: both get the
 * input that the original model has there, and must agree within {@link RoundingBound}.
 */
final class LayerBounds {
  private final Model original;
  private final Map<String, Node> producers = new HashMap<>();

  private LayerBounds(Model original) {
    this.original = original;
    for (Node node : original.graph().nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
    }
  }

  /** Checks all linear layers that changed; returns how many. */
  static int check(Model original, Model fused, Map<String, Tensor> inputs) {
    LayerBounds bounds = new LayerBounds(original);
    List<Node> changed =
        fused.graph().nodes().stream()
            .filter(node -> node.is("Conv") || node.is("ConvTranspose") || node.is("Gemm"))
            .filter(node -> !original.graph().nodes().contains(node))
            .toList();
    Map<String, Tensor> values = bounds.values(changed, inputs);
    for (Node layer : changed) {
      bounds.check(layer, fused, values);
    }
    return changed.size();
  }

  private void check(Node layer, Model fused, Map<String, Tensor> values) {
    Map<String, Tensor> input = Map.of(layer.input(0), values.get(layer.input(0)));
    Model chain = part(original, chain(layer), layer);
    Map<String, Tensor> expected = Runs.run(chain, input);
    Map<String, Tensor> actual = Runs.run(part(fused, List.of(layer), layer), input);
    RoundingBound.of(chain, input).check(expected, actual);
  }

  /** What the original model computes at the inputs of the layers. */
  private Map<String, Tensor> values(List<Node> layers, Map<String, Tensor> inputs) {
    Set<String> wanted = new LinkedHashSet<>(layers.stream().map(n -> n.input(0)).toList());
    wanted.removeAll(inputs.keySet());
    Graph graph = original.graph();
    Model exposed =
        original.withGraph(
            Graph.of(
                graph.name(),
                graph.nodes(),
                graph.initializers(),
                graph.inputs(),
                wanted.stream().map(LayerBounds::floats).toList()));
    Map<String, Tensor> values = new LinkedHashMap<>(inputs);
    values.putAll(Runs.run(exposed, inputs));
    return values;
  }

  /** The original nodes between the layer's input and its output. */
  private List<Node> chain(Node layer) {
    Set<Node> found = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(layer.output(0)));
    while (!open.isEmpty()) {
      String tensor = open.remove();
      Node node = producers.get(tensor);
      if (!tensor.equals(layer.input(0)) && node != null && found.add(node)) {
        open.addAll(node.inputs());
      }
    }
    return original.graph().nodes().stream().filter(found::contains).toList();
  }

  private static Model part(Model model, List<Node> nodes, Node layer) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        Tensor value = model.graph().initializers().get(input);
        if (value != null) {
          constants.put(input, value);
        }
      }
    }
    return model.withGraph(
        Graph.of(
            "part",
            nodes,
            constants,
            List.of(floats(layer.input(0))),
            List.of(floats(layer.output(0)))));
  }

  private static ValueInfo floats(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32));
  }
}
