package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.plan.Decision;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a model is quantized when {@code groups} join: which nodes, which activations, and why the
 * others stay in floating point. Independent of data.
 *
 * <ul>
 *   <li>The activation inputs of a quantized node are quantized.
 *   <li>So is its output, since the runtime's integer kernels write integers; behind a Relu or Clip
 *       that alone reads it, the range is that of the Relu's output. A Gemm's output stays float
 *       unless a quantized node reads it: its kernel can write floats.
 *   <li>Operators that move values (Flatten, Reshape, ...) and MaxPool share the grid of their
 *       input, which makes them exact.
 * </ul>
 */
final class Sites {
  /** Operators that change no value: integers pass through them as well. */
  private static final Set<String> MOVING =
      Set.of("Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Dropout");

  private final GraphEditor graph;
  private final TensorTypes types;
  private final Set<OpGroup> groups;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Optional<String>> tensors = new LinkedHashMap<>();
  private final List<Decision> others = new ArrayList<>();

  private Sites(Model model, Set<OpGroup> groups) {
    this.graph = GraphEditor.of(model);
    this.types = ShapeInference.infer(model);
    this.groups = groups;
    List<Node> all = model.graph().nodes();
    IdentityHashMap<Node, String> refusals = judge(all);
    Set<String> wanted = new LinkedHashSet<>();
    nodes.forEach(node -> wanted.addAll(activations(node)));
    nodes.forEach(node -> outputToQuantize(node, wanted).ifPresent(wanted::add));
    shareBackwards(all, wanted);
    keepOrder(model, wanted);
    all.forEach(node -> explain(node, refusals));
  }

  static Sites of(Model model, Set<OpGroup> groups) {
    return new Sites(model, groups);
  }

  GraphEditor graph() {
    return graph;
  }

  TensorTypes types() {
    return types;
  }

  /** The quantized nodes, in order. */
  List<Node> nodes() {
    return nodes;
  }

  /** The quantized nodes that hold weights, in order. */
  List<Node> layers() {
    return nodes.stream().filter(Sites::isLayer).toList();
  }

  /** The activations to quantize, in order. */
  Set<String> tensors() {
    return tensors.keySet();
  }

  /** The tensor whose grid {@code tensor} has: itself, or what it only moves or picks from. */
  String gridOf(String tensor) {
    Optional<String> source = tensors.get(tensor);
    return source != null && source.isPresent() ? gridOf(source.get()) : tensor;
  }

  /** The activations with their grids: what tells two sets of operators apart. */
  List<String> grids() {
    return tensors().stream().map(tensor -> tensor + " " + gridOf(tensor)).toList();
  }

  /** What was decided on single nodes. */
  List<Decision> others() {
    return others;
  }

  private static boolean isLayer(Node node) {
    return node.is("Conv") || node.is("Gemm");
  }

  /** Collects the nodes to quantize; returns why others cannot be. */
  private IdentityHashMap<Node, String> judge(List<Node> all) {
    IdentityHashMap<Node, String> refusals = new IdentityHashMap<>();
    for (Node node : all) {
      Optional<String> refusal = refusal(node);
      if (refusal.isEmpty()) {
        nodes.add(node);
      } else {
        refusals.put(node, refusal.get());
      }
    }
    return refusals;
  }

  private void explain(Node node, IdentityHashMap<Node, String> refusals) {
    String output = node.output(0);
    if (!refusals.containsKey(node) || isMoving(node) || makesStoredLevels(node)) {
      return;
    }
    if (Bounds.areConstant(node, graph) && tensors.containsKey(output)) {
      String reason =
          node.opType() + " costs nothing: it bounds where the u8 range of its output ends";
      others.add(Decision.of(output, "fold-into-range", reason));
    } else {
      String reason = node.opType() + ": " + refusals.get(node);
      others.add(Decision.of(output, "keep-float", reason));
    }
  }

  /** Whether {@code node} only makes a quantized activation from bytes. */
  boolean makesStoredLevels(Node node) {
    return tensors.keySet().stream()
        .anyMatch(
            tensor ->
                StoredLevels.of(tensor, graph, types).isPresent()
                    && (node.output(0).equals(tensor)
                        || graph.producer(tensor).orElseThrow().inputs().contains(node.output(0))));
  }

  private Optional<String> refusal(Node node) {
    Optional<OpGroup> group =
        List.of(OpGroup.values()).stream()
            .filter(g -> node.domain().isEmpty() && g.opTypes().contains(node.opType()))
            .findFirst();
    if (group.isEmpty()) {
      return Optional.of("the preset has no integer form of it");
    }
    if (!groups.contains(group.get())) {
      return Optional.of(
          "its group does not join in this choice, though a runtime may fuse it between u8 tensors");
    }
    if (!isFloat(node.input(0)) || node.outputs().size() != 1) {
      return Optional.of("it is not known to compute one float32 tensor");
    }
    return switch (group.get()) {
      case CONV_GEMM -> LayerWeights.refusal(node, graph);
      case ADD -> addRefusal(node);
      case POOL, ACTIVATION -> Optional.empty();
    };
  }

  private Optional<String> addRefusal(Node node) {
    boolean constant = node.inputs().stream().anyMatch(i -> graph.constant(i).isPresent());
    return constant ? Optional.of("one operand is a constant") : Optional.empty();
  }

  private static boolean isMoving(Node node) {
    return node.domain().isEmpty() && MOVING.contains(node.opType());
  }

  private boolean isFloat(String tensor) {
    return types.of(tensor).filter(t -> t.elementType() == ElementType.FLOAT32).isPresent();
  }

  private static List<String> activations(Node node) {
    return node.is("Add") ? node.inputs() : List.of(node.input(0));
  }

  private Optional<String> outputToQuantize(Node node, Set<String> wanted) {
    String output = node.output(0);
    Optional<Node> reader = graph.onlyConsumer(output).filter(n -> Bounds.areConstant(n, graph));
    while (reader.isPresent()) {
      output = reader.get().output(0);
      reader = graph.onlyConsumer(output).filter(n -> Bounds.areConstant(n, graph));
    }
    boolean leaves = node.is("Gemm") && !wanted.contains(output) && !feedsMoved(output, wanted);
    return leaves ? Optional.empty() : Optional.of(output);
  }

  private boolean feedsMoved(String output, Set<String> wanted) {
    return graph.consumers(output).stream()
        .anyMatch(
            node ->
                isMoving(node)
                    && (wanted.contains(node.output(0)) || feedsMoved(node.output(0), wanted)));
  }

  /** A moved tensor that is quantized wants its source quantized, on the same grid. */
  private void shareBackwards(List<Node> all, Set<String> wanted) {
    for (int i = all.size() - 1; i >= 0; i--) {
      Node node = all.get(i);
      boolean shares = isMoving(node) || (node.is("MaxPool") && nodes.contains(node));
      boolean possible = isFloat(node.input(0)) && graph.constant(node.input(0)).isEmpty();
      if (shares && possible && wanted.contains(node.output(0))) {
        wanted.add(node.input(0));
        tensors.put(node.output(0), Optional.of(node.input(0)));
      }
    }
  }

  private void keepOrder(Model model, Set<String> wanted) {
    Map<String, Optional<String>> sources = new LinkedHashMap<>(tensors);
    tensors.clear();
    List<String> inOrder = new ArrayList<>();
    model.graph().inputs().forEach(input -> inOrder.add(input.name()));
    model.graph().nodes().forEach(node -> inOrder.addAll(node.outputs()));
    inOrder.stream()
        .filter(wanted::contains)
        .forEach(tensor -> tensors.put(tensor, sources.getOrDefault(tensor, Optional.empty())));
  }
}
