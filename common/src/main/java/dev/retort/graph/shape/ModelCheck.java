package dev.retort.graph.shape;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The check that every model passes before native code sees it. It runs in Java alone, reads no
 * weights, and refuses what could crash or exhaust the process that loads the model:
 *
 * <ul>
 *   <li>names that are undefined, defined twice, or part of a cycle (sub-graphs and functions
 *       included);
 *   <li>operators that nobody knows, and wrong numbers of inputs, outputs or types of attributes;
 *   <li>attributes out of range: strides, kernels, dilations, groups below 1, a kernel that exceeds
 *       the padded input, axes outside the rank, sizes that do not fit together;
 *   <li>sizes: a tensor over {@link #MOST_TENSOR_BYTES} by its declared or inferred dimensions.
 * </ul>
 *
 * <p>That the dimensions of constants match their bytes is an invariant of {@link
 * dev.retort.tensor.Tensor}. A model that passes can still be slow or fail: its first run belongs
 * in a child process.
 */
public final class ModelCheck {
  /** The largest tensor that a model may have: 1 TiB. */
  public static final long MOST_TENSOR_BYTES = 1L << 40;

  private ModelCheck() {}

  /**
   * Checks {@code model} for any sizes of its symbolic dimensions.
   *
   * @throws UserError if it is malformed; names node, attribute, value and range
   * @throws UnsupportedModelError if an operator is not known
   */
  public static void check(Model model) {
    check(model, Map.of());
  }

  /** As {@link #check(Model)}, for a run in which the symbols have the given sizes. */
  public static void check(Model model, Map<String, Long> sizes) {
    FunctionCheck.check(model);
    NameCheck.check(model);
    new OperatorCheck(model).check();
    checkStated(model.graph());
    Inference.doubting(model, sizes, new Judge()).run();
  }

  private static void checkStated(Graph graph) {
    graph.inputs().forEach(ModelCheck::checkStated);
    graph.outputs().forEach(ModelCheck::checkStated);
    graph.valueInfos().forEach(ModelCheck::checkStated);
    graph.nodes().forEach(node -> node.subGraphs().forEach(ModelCheck::checkStated));
  }

  private static void checkStated(ValueInfo info) {
    if (info.type() instanceof ValueType.OfTensor tensor && tensor.shape().isPresent()) {
      List<Dim> dims = tensor.shape().get();
      for (Dim dim : dims) {
        if (dim instanceof Dim.Fixed fixed && fixed.size() < 0) {
          throw Refusal.part("the shape of '" + info.name() + "'", dims, "0 or more on each axis");
        }
      }
      if (bytes(tensor.elementType(), Shape.ofDims(dims)) > MOST_TENSOR_BYTES) {
        throw Refusal.part(
            "the shape of '" + info.name() + "'", dims, "at most " + MOST_TENSOR_BYTES + " bytes");
      }
    }
  }

  /** The bytes of a tensor whose symbolic dimensions are 1, unknown ones too; capped. */
  private static long bytes(ElementType type, Shape shape) {
    try {
      long elements = 1;
      for (Extent extent : shape.extents()) {
        OptionalLong size = extent.at(symbol -> 1L);
        elements = Math.multiplyExact(elements, Math.max(0, size.orElse(1)));
      }
      return type.byteLength(elements);
    } catch (ArithmeticException tooMany) {
      return Long.MAX_VALUE;
    }
  }

  /** Turns what the inference finds wrong into errors. */
  private static final class Judge implements Inference.Observer {
    @Override
    public void leave(NodeScope scope, List<TensorFact> outputs) {
      for (int i = 0; i < outputs.size(); i++) {
        TensorFact fact = outputs.get(i);
        if (fact.shape().isPresent()
            && bytes(fact.type().orElse(ElementType.UINT8), fact.shape().get())
                > MOST_TENSOR_BYTES) {
          throw tooLarge(scope, i, fact.shape().get().toString());
        }
      }
    }

    @Override
    public void malformed(NodeScope scope, Malformed why) {
      throw Refusal.node(scope.node(), why.what(), why.value(), why.range());
    }

    @Override
    public void overflow(NodeScope scope) {
      throw tooLarge(scope, 0, "over 2^63");
    }

    private static UserError tooLarge(NodeScope scope, int output, String shape) {
      String name = scope.node().output(output);
      return Refusal.node(
          scope.node(),
          "the size of output '" + name + "'",
          shape,
          "at most " + MOST_TENSOR_BYTES + " bytes");
    }
  }
}
