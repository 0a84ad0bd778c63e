package dev.retort.graph.shape;

import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that functions do not call themselves, and that the model with all calls replaced by
 * bodies, as ONNX Runtime does, stays bounded: a chain of functions that each call the next twice
 * doubles with each link.
 */
final class FunctionCheck {
  private final Map<String, Function> functions = new HashMap<>();
  private final Map<String, Long> nodesOf = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  private FunctionCheck(Model model) {
    for (Function function : model.functions()) {
      if (functions.put(key(function.domain(), function.name()), function) != null) {
        throw Refusal.part("function '" + function.name() + "'", "defined twice", "defined once");
      }
    }
  }

  static void check(Model model) {
    FunctionCheck check = new FunctionCheck(model);
    check.functions.values().forEach(check::nodesOf);
    long nodes = check.count(model.graph());
    if (!model.functions().isEmpty() && nodes > Inference.MOST_FUNCTION_NODES) {
      throw Refusal.part(
          "the number of nodes with all functions expanded",
          nodes,
          "at most " + Inference.MOST_FUNCTION_NODES);
    }
  }

  private long count(Graph graph) {
    return count(graph.nodes());
  }

  private long count(List<Node> nodes) {
    long count = 0;
    for (Node node : nodes) {
      Function function = functions.get(key(node.domain(), node.opType()));
      count = saturated(count, function == null ? 1 : nodesOf(function));
      for (Graph inner : node.subGraphs()) {
        count = saturated(count, count(inner));
      }
    }
    return count;
  }

  private long nodesOf(Function function) {
    String key = key(function.domain(), function.name());
    Long known = nodesOf.get(key);
    if (known != null) {
      return known;
    }
    if (!open.add(key) || open.size() > 1000) {
      throw Refusal.part(
          "function '" + function.name() + "'", "recursive", "free of calls of itself");
    }
    long count = count(function.nodes());
    nodesOf.put(key, count);
    open.remove(key);
    return count;
  }

  private static long saturated(long a, long b) {
    return Math.min(Long.MAX_VALUE / 2, a) + Math.min(Long.MAX_VALUE / 2, b);
  }

  private static String key(String domain, String name) {
    return domain + "::" + name;
  }
}
