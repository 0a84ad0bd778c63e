package dev.retort.graph.shape;

import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operators on regions and places of images, and determinants of matrices. */
final class RegionShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "RoiAlign", RegionShapes::align,
          "MaxRoiPool", RegionShapes::pool,
          "NonMaxSuppression", RegionShapes::chosen,
          "GridSample", RegionShapes::sample,
          "MaxUnpool", RegionShapes::unpool,
          "Det", RegionShapes::determinant);

  private RegionShapes() {}

  private static List<TensorFact> align(NodeScope scope) {
    Extent height = size(scope.node().intAttribute("output_height", 1), "output_height");
    Extent width = size(scope.node().intAttribute("output_width", 1), "output_width");
    return regions(scope, height, width);
  }

  private static List<TensorFact> pool(NodeScope scope) {
    List<Long> sizes = Windows.list(scope.node(), "pooled_shape", 2, 1, 1);
    return regions(scope, Extent.of(sizes.get(0)), Extent.of(sizes.get(1)));
  }

  private static Extent size(long value, String what) {
    if (value < 1 || value > Windows.MOST) {
      throw new Malformed(what, value, "1 to " + Windows.MOST);
    }
    return Extent.of(value);
  }

  /** {@code X [N, C, H, W], regions [R, ...] -> [R, C, height, width]}. */
  private static List<TensorFact> regions(NodeScope scope, Extent height, Extent width) {
    Extent channels = scope.shapeOfRank(0, 4).map(s -> s.at(1)).orElse(Extent.UNKNOWN);
    Extent count = scope.shapeOfRank(1, 1).map(s -> s.at(0)).orElse(Extent.UNKNOWN);
    Shape shape = Shape.of(count, channels, height, width);
    return List.of(TensorFact.of(scope.type(0), Optional.of(shape)));
  }

  private static List<TensorFact> chosen(NodeScope scope) {
    Shape shape = Shape.of(Extent.UNKNOWN, Extent.of(3));
    return List.of(TensorFact.of(ElementType.INT64, Optional.of(shape)));
  }

  /** {@code X [N, C, ...], grid [N, D1, ..., Dk, k] -> [N, C, D1, ..., Dk]}. */
  private static List<TensorFact> sample(NodeScope scope) {
    Optional<Shape> grid = scope.shapeOfRank(1, 3);
    return List.of(
        TensorFact.of(
            scope.type(0),
            scope
                .shapeOfRank(0, 3)
                .flatMap(x -> grid.map(g -> x.slice(0, 2).followedBy(g.slice(1, g.rank() - 1))))));
  }

  /** {@code D' = (D - 1) s + k - p}, unless the shape is an input. */
  private static List<TensorFact> unpool(NodeScope scope) {
    Node node = scope.node();
    Optional<Shape> input = scope.shapeOfRank(0, 3);
    if (input.isEmpty() || node.hasInput(2)) {
      Optional<Shape> stated = scope.values(2).map(v -> new Shape(v.elements()));
      return List.of(TensorFact.of(scope.type(0), stated));
    }
    int axes = input.get().rank() - 2;
    Windows windows = Windows.of(node, Windows.statedKernel(node, axes));
    List<Extent> spatial = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      long pads = windows.pads().get(axis) + windows.pads().get(axis + axes);
      spatial.add(
          input
              .get()
              .at(axis + 2)
              .plus(-1)
              .times(windows.strides().get(axis))
              .plus(windows.kernel().get(axis))
              .plus(-pads));
    }
    Shape shape = input.get().slice(0, 2).followedBy(new Shape(spatial));
    return List.of(TensorFact.of(scope.type(0), Optional.of(shape)));
  }

  private static List<TensorFact> determinant(NodeScope scope) {
    return List.of(
        TensorFact.of(scope.type(0), scope.shapeOfRank(0, 2).map(s -> s.slice(0, s.rank() - 2))));
  }
}
