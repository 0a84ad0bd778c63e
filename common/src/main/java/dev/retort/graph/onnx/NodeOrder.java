package dev.retort.graph.onnx;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Renaming;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sorts nodes so that each comes after those whose outputs it reads; a sorted graph stays. */
final class NodeOrder {
  private final Source source;
  private final Map<String, Node> producers = new HashMap<>();
  private final Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Node> sorted = new ArrayList<>();

  private NodeOrder(Source source, Graph graph) {
    this.source = source;
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
    }
    producers.remove("");
  }

  /**
   * Sorts the graphs of {@code model}.
   *
   * @throws dev.retort.error.UserError if nodes read each other's outputs in a cycle
   */
  static Model apply(Source source, Model model) {
    return model.withGraph(apply(source, model.graph()));
  }

  private static Graph apply(Source source, Graph graph) {
    NodeOrder order = new NodeOrder(source, graph);
    graph.nodes().forEach(order::visit);
    return graph.withNodes(
        order.sorted.stream()
            .map(node -> Renaming.withSubGraphs(node, inner -> apply(source, inner)))
            .toList());
  }

  /** Puts {@code start} after what it needs; on a stack of its own, as graphs may be deep. */
  private void visit(Node start) {
    Deque<Node> stack = new ArrayDeque<>(List.of(start));
    while (!stack.isEmpty()) {
      Node node = stack.peek();
      List<Node> missing = done.contains(node) ? List.of() : missing(node);
      if (missing.isEmpty()) {
        stack.pop();
        open.remove(node);
        if (done.add(node)) {
          sorted.add(node);
        }
      } else if (!open.add(node)) {
        throw source.refuse(
            "node '%s' (%s) depends on its own output, must not; export the model again"
                .formatted(node.name(), node.opType()));
      } else {
        Collections.reverse(missing);
        missing.forEach(stack::push);
      }
    }
  }

  private List<Node> missing(Node node) {
    List<Node> missing = new ArrayList<>();
    for (String tensor : reads(node)) {
      Node producer = producers.get(tensor);
      if (producer != null && !done.contains(producer)) {
        missing.add(producer);
      }
    }
    return missing;
  }

  private static Set<String> reads(Node node) {
    Set<String> reads = new LinkedHashSet<>(node.inputs());
    node.subGraphs().forEach(graph -> reads.addAll(graph.capturedNames()));
    return reads;
  }
}
