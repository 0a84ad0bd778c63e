package dev.retort.graph.shape;

import dev.retort.graph.Node;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Resizing, and moving elements between channels and space. */
final class ScalingShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "Resize", ScalingShapes::resize,
          "Upsample", ScalingShapes::upsample,
          "DepthToSpace", ScalingShapes::depthToSpace,
          "SpaceToDepth", ScalingShapes::spaceToDepth);

  private ScalingShapes() {}

  private static List<TensorFact> resize(NodeScope scope) {
    Node node = scope.node();
    int scales = scope.opset() < 11 ? 1 : 2;
    boolean plain =
        !node.attributes().containsKey("axes")
            && node.textAttribute("keep_aspect_ratio_policy", "stretch").equals("stretch")
            && !node.textAttribute("coordinate_transformation_mode", "").startsWith("tf_crop");
    if (!plain) {
      return scope.reshaped(s -> Optional.of(Shape.unknown(s.rank())));
    }
    if (node.hasInput(3)) {
      Optional<Shape> shape = scope.values(3).map(v -> new Shape(v.elements()));
      return List.of(
          TensorFact.of(
              scope.type(0), shape.or(() -> scope.shape(0).map(s -> Shape.unknown(s.rank())))));
    }
    return scaled(scope, scope.constant(scales).map(ScalingShapes::floats));
  }

  private static List<Float> floats(Tensor tensor) {
    List<Float> values = new ArrayList<>();
    for (float value : tensor.toFloats()) {
      values.add(value);
    }
    return values;
  }

  private static List<TensorFact> upsample(NodeScope scope) {
    boolean attribute =
        scope.node().attributes().get("scales") instanceof dev.retort.graph.Attribute.Reals;
    Optional<List<Float>> scales =
        attribute
            ? Optional.of(
                ((dev.retort.graph.Attribute.Reals) scope.node().attributes().get("scales"))
                    .values())
            : scope.constant(1).map(ScalingShapes::floats);
    return scaled(scope, scales);
  }

  private static List<TensorFact> scaled(NodeScope scope, Optional<List<Float>> scales) {
    return scope.reshaped(
        s -> Optional.of(scales.isPresent() ? scaled(s, scales.get()) : Shape.unknown(s.rank())));
  }

  /** {@code floor(D * scale)} on each axis; of symbolic axes only whole scales are followed. */
  private static Shape scaled(Shape input, List<Float> scales) {
    if (scales.size() != input.rank()) {
      throw new Malformed("scales", scales, "a list of " + input.rank());
    }
    List<Extent> result = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      float scale = scales.get(axis);
      if (!(scale > 0) || scale > Windows.MOST) {
        throw new Malformed("scales", scale, "positive and at most " + Windows.MOST);
      }
      Extent size = input.at(axis);
      if (scale == Math.rint(scale)) {
        result.add(size.times((long) scale));
      } else {
        result.add(
            size.fixed().isPresent()
                ? Extent.of((long) Math.floor(size.fixed().getAsLong() * scale))
                : Extent.UNKNOWN);
      }
    }
    return new Shape(result);
  }

  private static List<TensorFact> depthToSpace(NodeScope scope) {
    long block = block(scope.node());
    return scope.reshaped(
        s ->
            Optional.of(
                Shape.of(
                    requireImage(s).at(0),
                    s.at(1).floorDiv(block * block),
                    s.at(2).times(block),
                    s.at(3).times(block))));
  }

  private static List<TensorFact> spaceToDepth(NodeScope scope) {
    long block = block(scope.node());
    return scope.reshaped(
        s ->
            Optional.of(
                Shape.of(
                    requireImage(s).at(0),
                    s.at(1).times(block * block),
                    s.at(2).floorDiv(block),
                    s.at(3).floorDiv(block))));
  }

  private static long block(Node node) {
    long block = node.intAttribute("blocksize", 0);
    if (block < 1 || block > Windows.MOST) {
      throw new Malformed("blocksize", block, "1 to " + Windows.MOST);
    }
    return block;
  }

  private static Shape requireImage(Shape shape) {
    if (shape.rank() != 4) {
      throw new Malformed("the rank of input 0", shape.rank(), "4");
    }
    return shape;
  }
}
