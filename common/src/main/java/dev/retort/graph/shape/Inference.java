package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.ValueInfo;
import dev.retort.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One walk over a model's graph in its order of nodes, into each sub-graph where its node stands,
 * and into the body of each function where it is called.
 */
final class Inference {
  /** Bodies of functions are followed until this many of their nodes were visited. */
  static final int MOST_FUNCTION_NODES = 1_000_000;

  private static final int DEEPEST_CALL = 32;

  /** Follows the walk; for callers that judge nodes. */
  interface Observer {
    /** After a node's outputs are inferred: one fact for each output of the node. */
    default void leave(NodeScope scope, List<TensorFact> outputs) {}

    /** Instead of {@link #leave} when the node breaks its operator's definition. */
    default void malformed(NodeScope scope, Malformed why) {}

    /** Instead of {@link #leave} when a size leaves 64 bits. */
    default void overflow(NodeScope scope) {}
  }

  private final Model model;
  private final Observer observer;
  private final Map<String, Long> sizes;
  private final boolean believing;
  private int functionNodes;

  private Inference(Model model, Map<String, Long> sizes, boolean believing, Observer observer) {
    this.model = model;
    this.sizes = sizes;
    this.believing = believing;
    this.observer = observer;
  }

  /** A walk that takes the types which the model states where none is inferred. */
  static Inference believing(Model model, Map<String, Long> sizes) {
    return new Inference(model, sizes, true, new Observer() {});
  }

  /** A walk that takes only the model's inputs as stated: stale types refuse no model. */
  static Inference doubting(Model model, Map<String, Long> sizes, Observer observer) {
    return new Inference(model, sizes, false, observer);
  }

  /** The facts of the top-level graph by tensor, in the order of the graph. */
  Map<String, TensorFact> run() {
    Scope scope = new Scope(Optional.empty(), model.operatorSets(), 0);
    scope.define(model.graph());
    model.graph().nodes().forEach(scope::visit);
    return scope.facts;
  }

  /** The names that are visible in a graph: its own and those around it. */
  final class Scope {
    private final Optional<Scope> outer;
    private final List<OperatorSet> operatorSets;
    private final int depth;
    private final Map<String, TensorFact> facts = new LinkedHashMap<>();
    private final Map<String, TensorFact> stated = new LinkedHashMap<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();

    private Scope(Optional<Scope> outer, List<OperatorSet> operatorSets, int depth) {
      this.outer = outer;
      this.operatorSets = operatorSets;
      this.depth = depth;
    }

    private void define(Graph graph) {
      if (believing) {
        graph.valueInfos().forEach(this::state);
        graph.outputs().forEach(this::state);
      }
      graph.initializers().forEach((name, tensor) -> facts.put(name, TensorFact.of(tensor)));
      Set<String> inputs = new HashSet<>();
      for (ValueInfo input : graph.inputs()) {
        boolean stated = believing || outer.isEmpty();
        TensorFact fact = TensorFact.ofInput(input.name(), input.type());
        facts.put(
            input.name(), stated ? bound(fact) : TensorFact.of(fact.type(), Optional.empty()));
        inputs.add(input.name());
      }
      constants.putAll(graph.initializers());
      constants.keySet().removeAll(inputs);
    }

    private void state(ValueInfo info) {
      stated.put(info.name(), bound(TensorFact.of(info.type())));
    }

    private void visit(Node node) {
      NodeScope scope = new NodeScope(node, opset(node.domain()), this, subGraphs(node));
      try {
        record(node, inferred(scope));
        observer.leave(scope, node.outputs().stream().map(this::fact).toList());
      } catch (Malformed why) {
        record(node, List.of());
        observer.malformed(scope, why);
      } catch (ArithmeticException tooLarge) {
        record(node, List.of());
        observer.overflow(scope);
      }
    }

    private List<TensorFact> inferred(NodeScope scope) {
      Node node = scope.node();
      if (node.is("Constant") && node.attributes().get("value") instanceof Attribute.Constant c) {
        constants.put(node.output(0), c.value());
      }
      Optional<Function> function = function(node);
      return function.isPresent()
          ? called(function.get(), node)
          : ShapeRules.of(node).map(rule -> rule.infer(scope)).orElse(List.of());
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

    /** What is known of the outputs of each graph that {@code node} holds. */
    private Map<String, List<TensorFact>> subGraphs(Node node) {
      Map<String, List<TensorFact>> outputs = new LinkedHashMap<>();
      node.attributes()
          .forEach(
              (name, attribute) -> {
                if (attribute instanceof Attribute.SubGraph sub) {
                  outputs.put(name, inner(sub.value()));
                } else if (attribute instanceof Attribute.SubGraphs several) {
                  several.values().forEach(this::inner);
                }
              });
      return outputs;
    }

    private List<TensorFact> inner(Graph graph) {
      Scope scope = new Scope(Optional.of(this), operatorSets, depth);
      scope.define(graph);
      graph.nodes().forEach(scope::visit);
      return graph.outputs().stream().map(output -> scope.fact(output.name())).toList();
    }

    /** What is known of the outputs of a function for what is known of the call's inputs. */
    private List<TensorFact> called(Function function, Node call) {
      functionNodes += function.nodes().size();
      if (depth >= DEEPEST_CALL || functionNodes > MOST_FUNCTION_NODES) {
        return List.of();
      }
      Scope scope = new Scope(Optional.empty(), function.operatorSets(), depth + 1);
      for (int i = 0; i < function.inputs().size(); i++) {
        String parameter = function.inputs().get(i);
        scope.facts.put(parameter, fact(call.input(i)));
        constant(call.input(i)).ifPresent(tensor -> scope.constants.put(parameter, tensor));
      }
      for (Node node : function.nodes()) {
        scope.visit(withAttributesOf(call, node));
      }
      return function.outputs().stream().map(scope::fact).toList();
    }

    private Optional<Function> function(Node node) {
      return model.functions().stream()
          .filter(f -> f.name().equals(node.opType()) && f.domain().equals(node.domain()))
          .findFirst();
    }

    private long opset(String domain) {
      return operatorSets.stream()
          .filter(set -> set.domain().equals(domain))
          .mapToLong(OperatorSet::version)
          .findFirst()
          .orElse(model.opset(domain));
    }

    TensorFact fact(String name) {
      TensorFact fact = facts.get(name);
      return fact != null ? fact : outer.map(scope -> scope.fact(name)).orElse(TensorFact.UNKNOWN);
    }

    Optional<Tensor> constant(String name) {
      return facts.containsKey(name)
          ? Optional.ofNullable(constants.get(name))
          : outer.flatMap(scope -> scope.constant(name));
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
      OptionalLong size = extent.at(sizes::get);
      return size.isPresent() ? Extent.of(size.getAsLong()) : extent;
    }
  }

  /** {@code node} of a function's body, its references replaced by what {@code call} gives. */
  private static Node withAttributesOf(Node call, Node node) {
    if (node.attributes().values().stream().noneMatch(Attribute.Reference.class::isInstance)) {
      return node;
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes()
        .forEach(
            (name, value) -> {
              Attribute given =
                  value instanceof Attribute.Reference reference
                      ? call.attributes().get(reference.name())
                      : value;
              if (given != null) {
                attributes.put(name, given);
              }
            });
    return node.withAttributes(attributes);
  }
}
