package dev.retort.graph.shape;

import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pools over windows or over all spatial axes: {@code [N, C, D1, ...] -> [N, C, D1', ...]}. */
final class PoolingShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "MaxPool", PoolingShapes::pool,
          "AveragePool", PoolingShapes::pool,
          "LpPool", PoolingShapes::pool,
          "com.microsoft::QLinearAveragePool", PoolingShapes::pool,
          "GlobalAveragePool", PoolingShapes::global,
          "GlobalMaxPool", PoolingShapes::global,
          "GlobalLpPool", PoolingShapes::global,
          "com.microsoft::QLinearGlobalAveragePool", PoolingShapes::quantizedGlobal);

  private PoolingShapes() {}

  private static List<TensorFact> pool(NodeScope scope) {
    Optional<Shape> input = scope.shapeOfRank(0, 3);
    int stated = scope.node().intsAttribute("kernel_shape", List.of()).size();
    int axes = input.map(shape -> shape.rank() - 2).orElse(stated);
    Windows windows = Windows.of(scope.node(), Windows.statedKernel(scope.node(), axes));
    requireKernelReachesInput(windows);
    boolean roundUp = scope.node().intAttribute("ceil_mode", 0) != 0;
    Shape x = input.orElse(Shape.unknown(axes + 2));
    Shape spatial = new Shape(windows.over(x.extents().subList(2, x.rank()), roundUp));
    Optional<Shape> shape = Optional.of(x.slice(0, 2).followedBy(spatial));
    return List.of(TensorFact.of(scope.type(0), shape), TensorFact.of(ElementType.INT64, shape));
  }

  /** A window must not lie in padding alone: ONNX Runtime refuses or divides by zero. */
  private static void requireKernelReachesInput(Windows windows) {
    for (int i = 0; i < windows.pads().size(); i++) {
      long kernel = windows.effectiveKernel(i % windows.kernel().size()).fixed().getAsLong();
      if (windows.pads().get(i) >= kernel) {
        throw new Malformed("pads", windows.pads(), "less than the kernel, " + kernel);
      }
    }
  }

  private static List<TensorFact> global(NodeScope scope) {
    return List.of(TensorFact.of(scope.type(0), scope.shapeOfRank(0, 2).map(PoolingShapes::ones)));
  }

  private static List<TensorFact> quantizedGlobal(NodeScope scope) {
    return scope.node().intAttribute("channels_last", 0) == 0 ? global(scope) : List.of();
  }

  private static Shape ones(Shape input) {
    Shape ones = input;
    for (int axis = 2; axis < input.rank(); axis++) {
      ones = ones.with(axis, Extent.ONE);
    }
    return ones;
  }
}
