package dev.retort.graph.onnx;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Names;
import dev.retort.graph.Node;
import dev.retort.graph.Renaming;
import dev.retort.graph.ValueInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives every tensor of a model a name of its own: the format lets the branches of an If use the
 * same names. Names of the top-level graph stay.
 */
final class UniqueNames {
  private final Source source;
  private final Names free;
  private final Set<String> defined = new HashSet<>();

  private UniqueNames(Source source, Names free) {
    this.source = source;
    this.free = free;
  }

  /**
   * Renames what must be.
   *
   * @throws dev.retort.error.UserError if two values of one graph have the same name
   */
  static Model apply(Source source, Model model) {
    UniqueNames names = new UniqueNames(source, Names.ofTensors(model));
    return model.withGraph(names.unique(model.graph(), Map.of()));
  }

  /**
   * Renames in {@code graph} and the graphs in it.
   *
   * @param outer new names of tensors around the graph
   */
  private Graph unique(Graph graph, Map<String, String> outer) {
    Map<String, String> renamed = new HashMap<>(outer);
    for (String name : definitions(graph)) {
      renamed.remove(name);
      if (!defined.add(name)) {
        renamed.put(name, free.fresh(name));
        defined.add(renamed.get(name));
      }
    }
    return Renaming.within(graph, renamed, inner -> unique(inner, renamed));
  }

  private Set<String> definitions(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    graph.inputs().stream().map(ValueInfo::name).forEach(name -> define(names, name));
    for (Node node : graph.nodes()) {
      node.outputs().stream().filter(o -> !o.isEmpty()).forEach(o -> define(names, o));
    }
    Set<String> given = graph.inputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
    graph.initializers().keySet().stream()
        .filter(name -> !given.contains(name))
        .forEach(name -> define(names, name));
    return names;
  }

  private void define(Set<String> names, String name) {
    if (!names.add(name)) {
      throw source.refuse(
          "tensor '%s' is defined twice, must be given or computed once; export the model again"
              .formatted(name));
    }
  }
}
