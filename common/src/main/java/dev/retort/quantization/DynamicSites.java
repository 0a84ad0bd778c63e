package dev.retort.quantization;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.plan.Decision;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a model is quantized dynamically: matrix products with constant weights and embeddings; and
 * why the others stay in floating point. Independent of data.
 */
final class DynamicSites {
  /** Below this a constant saves less in the file than the nodes of its integer form take. */
  static final long LEAST_ELEMENTS = 4096;

  private final GraphEditor graph;
  private final TensorTypes types;
  private final List<LinearSite> layers = new ArrayList<>();
  private final List<Node> embeddings = new ArrayList<>();
  private final List<Decision> others = new ArrayList<>();
  private final IdentityHashMap<Node, String> refusals = new IdentityHashMap<>();

  private DynamicSites(Model model) {
    graph = GraphEditor.of(model);
    types = ShapeInference.infer(model);
    IdentityHashMap<Node, Optional<String>> own = new IdentityHashMap<>();
    model.graph().nodes().forEach(node -> own.put(node, refusal(node)));
    Set<String> explained = new TreeSet<>();
    for (Node node : model.graph().nodes()) {
      if (!isMatrixNode(node)) {
        continue;
      }
      Optional<String> refusal = own.get(node).or(() -> otherReader(node, own));
      if (refusal.isPresent()) {
        refusals.put(node, refusal.get());
        explain(node, refusal.get(), explained);
      } else if (node.is("Gather")) {
        embeddings.add(node);
      } else {
        layers.add(new LinearSite(node));
      }
    }
  }

  static DynamicSites of(Model model) {
    return new DynamicSites(model);
  }

  GraphEditor graph() {
    return graph;
  }

  TensorTypes types() {
    return types;
  }

  /** The matrix products to quantize, in order. */
  List<LinearSite> layers() {
    return layers;
  }

  /** The lookups to quantize, in order: Gathers of rows of a constant. */
  List<Node> embeddings() {
    return embeddings;
  }

  /** What stays in floating point and why. */
  List<Decision> others() {
    return others;
  }

  /** Why a matrix product or lookup of floats stays so; empty for one that does not, and others. */
  Optional<String> refusalOf(Node node) {
    return Optional.ofNullable(refusals.get(node));
  }

  /** The constant that {@code node} reads as weights or table. */
  static String constantOf(Node node) {
    return node.input(node.is("Gather") ? 0 : 1);
  }

  /** Whether the node is a matrix product of floats, or looks up a float constant. */
  private boolean isMatrixNode(Node node) {
    return node.is("MatMul")
        || node.is("Gemm")
        || (node.is("Gather")
            && graph.constant(node.input(0)).filter(t -> t.type().isFloat()).isPresent());
  }

  private Optional<String> refusal(Node node) {
    if (!isMatrixNode(node)) {
      return Optional.of("it computes with floats");
    }
    String name = constantOf(node);
    Optional<Tensor> constant = graph.constant(name);
    if (constant.isEmpty()) {
      return Optional.of(
          graph.constant(node.input(0)).isPresent()
              ? "its constant is the left operand"
              : "both operands are computed");
    }
    if (!Int8Scheme.isMatrix(name, graph)) {
      return Optional.of("its constant is %s, no float32 matrix".formatted(constant.get()));
    }
    if (constant.get().elementCount() < LEAST_ELEMENTS) {
      return Optional.of(
          "its constant has %d elements, too few to gain".formatted(constant.get().elementCount()));
    }
    if (graph.isOutput(name)) {
      return Optional.of("the model returns its constant");
    }
    return node.is("Gather") ? gatherRefusal(node) : productRefusal(node);
  }

  private static Optional<String> gatherRefusal(Node node) {
    return node.intAttribute("axis", 0) == 0
        ? Optional.empty()
        : Optional.of("it does not look up rows");
  }

  private Optional<String> productRefusal(Node node) {
    boolean floats =
        types
            .of(node.input(0))
            .map(ValueType.OfTensor::elementType)
            .filter(type -> type == ElementType.FLOAT32)
            .isPresent();
    if (!floats || graph.constant(node.input(0)).isPresent()) {
      return Optional.of("its left operand is not known to be computed float32");
    }
    boolean plain =
        node.floatAttribute("alpha", 1) == 1
            && (node.floatAttribute("beta", 1) == 1 || !node.hasInput(2))
            && node.intAttribute("transA", 0) == 0;
    return plain ? Optional.empty() : Optional.of("alpha, beta or transA is not the default");
  }

  /** A reader of the node's constant that needs it in floating point: then it stays for all. */
  private Optional<String> otherReader(Node node, IdentityHashMap<Node, Optional<String>> own) {
    String constant = constantOf(node);
    return graph.consumers(constant).stream()
        .filter(reader -> own.get(reader).isPresent() || !readsOnlyAsMatrix(reader, constant))
        .findFirst()
        .map(
            reader ->
                "its constant is also read by %s %s, in floating point"
                    .formatted(reader.opType(), reader.output(0)));
  }

  private static boolean readsOnlyAsMatrix(Node reader, String constant) {
    return constantOf(reader).equals(constant)
        && reader.inputs().stream().filter(constant::equals).count() == 1;
  }

  private void explain(Node node, String reason, Set<String> explained) {
    String constant = constantOf(node);
    String target = graph.constant(constant).isPresent() ? constant : node.output(0);
    if (explained.add(target)) {
      others.add(Decision.of(target, "keep-float", node.opType() + ": " + reason));
    }
  }
}
