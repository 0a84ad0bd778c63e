package dev.retort.graph.shape;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One walk over a model's graph in its order of nodes, and into sub-graphs where they are used. */
final class Inference {

  /** Follows the walk; for callers that judge nodes. */
  interface Observer {
    /** Before the outputs of {@code scope}'s node are inferred. */
    default void enter(NodeScope scope) {}

    /** After; {@code outputs} has one fact for each output of the node. */
    default void leave(NodeScope scope, List<TensorFact> outputs) {}

    /** Instead of {@link #leave} when the node breaks its operator's definition. */
    default void malformed(NodeScope scope, Malformed why) {}

    /** Instead of {@link #leave} when a size leaves 64 bits. */
    default void overflow(NodeScope scope) {}
  }

  private final Model model;
  private final Observer observer;
  private final Map<String, Long> sizes;

  /**
   * Prepares a walk.
   *
   * @param sizes the sizes that take the place of symbols
   */
  Inference(Model model, Map<String, Long> sizes, Observer observer) {
    this.model = model;
    this.sizes = sizes;
    this.observer = observer;
  }

  /** The facts of the top-level graph by tensor, in the order of the graph. */
  Map<String, TensorFact> run() {
    Scope scope = new Scope(model.graph(), null);
    scope.walk();
    return scope.facts;
  }

  /** The names that are visible in a graph: its own and those around it. */
  final class Scope {
    private final Graph graph;
    private final Scope outer;
    private final Map<String, TensorFact> facts = new LinkedHashMap<>();
    private final Map<String, TensorFact> stated = new LinkedHashMap<>();

    private Scope(Graph graph, Scope outer) {
      this.graph = graph;
      this.outer = outer;
      for (ValueInfo info : graph.valueInfos()) {
        stated.put(info.name(), bound(TensorFact.of(info.type())));
      }
      for (ValueInfo info : graph.outputs()) {
        stated.put(info.name(), bound(TensorFact.of(info.type())));
      }
      graph.initializers().forEach((name, tensor) -> facts.put(name, TensorFact.of(tensor)));
      for (ValueInfo input : graph.inputs()) {
        facts.put(input.name(), bound(TensorFact.ofInput(input.name(), input.type())));
      }
    }

    private void walk() {
      graph.nodes().forEach(this::visit);
    }

    private void visit(Node node) {
      NodeScope scope = new NodeScope(node, model.opset(node.domain()), this);
      observer.enter(scope);
      List<TensorFact> inferred = List.of();
      try {
        inferred = ShapeRules.of(node).map(rule -> rule.infer(scope)).orElse(List.of());
        record(node, inferred);
        observer.leave(scope, node.outputs().stream().map(this::fact).toList());
      } catch (Malformed why) {
        record(node, List.of());
        observer.malformed(scope, why);
      } catch (ArithmeticException tooLarge) {
        record(node, List.of());
        observer.overflow(scope);
      }
    }

    private void record(Node node, List<TensorFact> inferred) {
      for (int i = 0; i < node.outputs().size(); i++) {
        String name = node.output(i);
        TensorFact fact = i < inferred.size() ? inferred.get(i) : TensorFact.UNKNOWN;
        if (!name.isEmpty()) {
          facts.put(name, fact.orElse(stated.getOrDefault(name, TensorFact.UNKNOWN)));
        }
      }
    }

    TensorFact fact(String name) {
      TensorFact fact = facts.get(name);
      if (fact != null) {
        return fact;
      }
      return outer == null ? TensorFact.UNKNOWN : outer.fact(name);
    }

    Optional<Tensor> constant(String name) {
      if (facts.containsKey(name)) {
        boolean isInput = graph.inputs().stream().anyMatch(input -> input.name().equals(name));
        return isInput ? Optional.empty() : Optional.ofNullable(graph.initializers().get(name));
      }
      return outer == null ? Optional.empty() : outer.constant(name);
    }

    /** The outputs of a graph inside this one, whose own inputs are known as far as it states. */
    List<TensorFact> inner(Graph inside) {
      Scope scope = new Scope(inside, this);
      scope.walk();
      return inside.outputs().stream().map(output -> scope.fact(output.name())).toList();
    }

    private TensorFact bound(TensorFact fact) {
      return sizes.isEmpty()
          ? fact
          : TensorFact.of(
              fact.type(),
              fact.shape()
                  .map(shape -> new Shape(shape.extents().stream().map(this::bound).toList())));
    }

    private Extent bound(Extent extent) {
      var size = extent.at(sizes::get);
      return size.isPresent() ? Extent.of(size.getAsLong()) : extent;
    }
  }
}
