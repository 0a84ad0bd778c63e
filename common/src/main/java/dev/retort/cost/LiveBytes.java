package dev.retort.cost;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The peak of live activations when the nodes run one after the other in the model's order, without
 * reuse in place: inputs live through the run, outputs to its end, other tensors until their last
 * reader is done.
 */
final class LiveBytes {
  private LiveBytes() {}

  /**
   * The peak in bytes.
   *
   * @param bytesOf the bytes of a tensor; those it does not know count 0
   */
  static long peak(Model model, Function<String, OptionalLong> bytesOf) {
    Graph graph = model.graph();
    Map<String, Integer> lastReader = lastReaders(graph);
    long live = 0;
    for (var input : graph.requiredInputs()) {
      live += bytesOf.apply(input.name()).orElse(0);
    }
    long peak = live;
    Map<Integer, Long> freedAfter = new HashMap<>();
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        long bytes = output.isEmpty() ? 0 : bytesOf.apply(output).orElse(0);
        live += bytes;
        freedAfter.merge(lastReader.getOrDefault(output, i), bytes, Long::sum);
      }
      peak = Math.max(peak, live);
      live -= freedAfter.getOrDefault(i, 0L);
    }
    return peak;
  }

  /** The index of the node after which each tensor is dead; past the end for outputs. */
  private static Map<String, Integer> lastReaders(Graph graph) {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (String name : readsOf(graph.nodes().get(i))) {
        last.put(name, i);
      }
    }
    graph.outputs().forEach(output -> last.put(output.name(), graph.nodes().size()));
    return last;
  }

  private static Set<String> readsOf(Node node) {
    Set<String> reads = new LinkedHashSet<>(node.inputs());
    node.subGraphs().forEach(graph -> reads.addAll(graph.capturedNames()));
    return reads;
  }
}
