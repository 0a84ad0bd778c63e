package dev.retort.fusion;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Replaces a node whose inputs are all constant by its value, and a node whose integers follow from
 * the shapes of the model's inputs, such as Shape of a tensor of known dimensions.
 *
 * <pre>
 * before:  c, d -> Add -> y -> readers          x [N, 3, 8] -> Shape -> Gather(1) -> y -> readers
 * after:   y (a constant) -> readers            y = 3 (a constant) -> readers
 * </pre>
 *
 * <p>The value has the bits that ONNX Runtime computes ({@link ConstantKernels} has the operators).
 *
 * <p>Refuses when the model returns {@code y}, the value takes more bytes than the inputs that only
 * this node reads and more than 65,536, no kernel evaluates the operator or the type, or the
 * operator's inputs do not fit together.
 */
public final class FoldConstants implements Rule {
  /** How far one folding may enlarge the model. */
  static final long GROWTH_BYTES = 1 << 16;

  @Override
  public Outcome apply(Node node, RewriteContext context) {
    if (!node.domain().isEmpty() || node.outputs().size() != 1 || !node.subGraphs().isEmpty()) {
      return Outcome.notHere();
    }
    try {
      Optional<Tensor> value = value(node, context);
      return value.isPresent() ? fold(node, value.get(), context) : Outcome.notHere();
    } catch (NotFoldableException e) {
      return Outcome.refused(e.getMessage());
    }
  }

  private static Outcome fold(Node node, Tensor value, RewriteContext context) {
    GraphEditor editor = context.editor();
    if (editor.isOutput(node.output(0))) {
      return Outcome.refused("the model returns " + node.output(0));
    }
    editor.remove(node);
    editor.setConstant(node.output(0), value);
    return Outcome.fired("its value is constant").with("sizeBytes", (double) value.byteLength());
  }

  /** The constant that {@code node} computes; empty if it depends on the model's inputs. */
  private static Optional<Tensor> value(Node node, RewriteContext context) {
    Optional<Tensor> inferred = inferred(node.output(0), context);
    return inferred.isPresent() ? inferred : ofConstants(node, context);
  }

  /** The value of an integer tensor that shapes alone decide. */
  private static Optional<Tensor> inferred(String tensor, RewriteContext context) {
    Optional<Dims> dims = context.fixedDims(tensor);
    boolean longs =
        context.type(tensor).filter(t -> t.elementType() == ElementType.INT64).isPresent();
    return context
        .values(tensor)
        .filter(values -> longs && dims.isPresent())
        .map(values -> Tensor.ofLongs(dims.get(), values.stream().mapToLong(v -> v).toArray()));
  }

  private static Optional<Tensor> ofConstants(Node node, RewriteContext context) {
    if (node.inputs().isEmpty() || !node.inputs().stream().allMatch(t -> isKnown(t, context))) {
      return Optional.empty();
    }
    ConstantKernels.Kernel kernel =
        ConstantKernels.of(node.opType())
            .orElseThrow(() -> new NotFoldableException("no kernel evaluates " + node.opType()));
    List<Optional<Tensor>> inputs = node.inputs().stream().map(context::constant).toList();
    return Optional.of(kernel.evaluate(new ConstantCall(node, inputs, limit(node, context))));
  }

  private static boolean isKnown(String tensor, RewriteContext context) {
    return tensor.isEmpty() || context.constant(tensor).isPresent();
  }

  /** The bytes that folding frees, or what it may cost. */
  private static long limit(Node node, RewriteContext context) {
    long freed =
        node.inputs().stream()
            .distinct()
            .filter(tensor -> context.editor().onlyConsumer(tensor).isPresent())
            .flatMap(tensor -> context.constant(tensor).stream())
            .mapToLong(Tensor::byteLength)
            .sum();
    return Math.max(GROWTH_BYTES, freed);
  }
}
