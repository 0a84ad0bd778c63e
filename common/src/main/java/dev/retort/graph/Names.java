package dev.retort.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of tensors and nodes that a model uses anywhere, and new ones that it does not. Not
 * thread safe.
 */
public final class Names {
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();

  private Names() {}

  /** Names for tensors: none that a tensor of {@code model} has. */
  public static Names ofTensors(Model model) {
    Names names = new Names();
    names.takeTensors(model.graph());
    return names;
  }

  /** Names for nodes: none that a node of {@code model} has. */
  public static Names ofNodes(Model model) {
    Names names = new Names();
    names.takeNodes(model.graph());
    return names;
  }

  /** A free name that begins with {@code hint}; it is taken from now on. */
  public String fresh(String hint) {
    String name = hint;
    while (!taken.add(name)) {
      name = hint + "_" + next.merge(hint, 1, Integer::sum);
    }
    return name;
  }

  /**
   * The first free one of {@code prefix_0}, {@code prefix_1} and so on; it is taken from now on.
   */
  public String numbered(String prefix) {
    String name;
    do {
      name = prefix + "_" + (next.merge(prefix, 1, Integer::sum) - 1);
    } while (!taken.add(name));
    return name;
  }

  private void takeTensors(Graph graph) {
    taken.addAll(graph.initializers().keySet());
    graph.inputs().stream().map(ValueInfo::name).forEach(taken::add);
    graph.outputs().stream().map(ValueInfo::name).forEach(taken::add);
    for (Node node : graph.nodes()) {
      taken.addAll(node.inputs());
      taken.addAll(node.outputs());
      node.subGraphs().forEach(this::takeTensors);
    }
  }

  private void takeNodes(Graph graph) {
    for (Node node : graph.nodes()) {
      taken.add(node.name());
      node.subGraphs().forEach(this::takeNodes);
    }
  }
}
