package dev.retort.graph.shape;

import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Convolutions: {@code X [N, C, D1, ...], W [M, C/group, k1, ...] -> [N, M, ...]}. */
final class ConvolutionShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "Conv", scope -> convolution(scope, 1, scope.type(0)),
          "com.microsoft::FusedConv", scope -> convolution(scope, 1, scope.type(0)),
          "ConvInteger", scope -> convolution(scope, 1, Optional.of(ElementType.INT32)),
          "QLinearConv", scope -> convolution(scope, 3, scope.type(7)),
          "ConvTranspose", ConvolutionShapes::transposed);

  private ConvolutionShapes() {}

  private static List<TensorFact> convolution(
      NodeScope scope, int weightInput, Optional<ElementType> type) {
    Optional<Shape> input = scope.shapeOfRank(0, 3);
    Optional<Shape> weight = scope.shapeOfRank(weightInput, 3);
    int rank = sameRank(input, weight);
    if (rank == 0) {
      return List.of(TensorFact.of(type, Optional.empty()));
    }
    Shape x = input.orElse(Shape.unknown(rank));
    Shape w = weight.orElse(Shape.unknown(rank));
    long group = group(scope.node());
    requireChannels(x.at(1), w.at(1).times(group), group);
    requireDivisible("the number of output channels", w.at(0), group);
    Windows windows = Windows.of(scope.node(), kernel(scope.node(), w));
    List<Extent> spatial = windows.over(x.extents().subList(2, rank), false);
    return List.of(
        TensorFact.of(
            type, Optional.of(Shape.of(x.at(0), w.at(0)).followedBy(new Shape(spatial)))));
  }

  private static int sameRank(Optional<Shape> input, Optional<Shape> weight) {
    int first = input.or(() -> weight).map(Shape::rank).orElse(0);
    int second = weight.map(Shape::rank).orElse(first);
    if (first != second) {
      throw new Malformed("the rank of the weight", second, "the input's, " + first);
    }
    return first;
  }

  static long group(Node node) {
    long group = node.intAttribute("group", 1);
    if (group < 1 || group > Windows.MOST) {
      throw new Malformed("group", group, "1 to " + Windows.MOST);
    }
    return group;
  }

  private static void requireChannels(Extent channels, Extent expected, long group) {
    boolean fixed = channels.fixed().isPresent() && expected.fixed().isPresent();
    if (fixed && !channels.equals(expected)) {
      throw new Malformed(
          "the number of input channels",
          channels,
          expected + " as group (" + group + ") and the weight say");
    }
  }

  private static void requireDivisible(String what, Extent channels, long group) {
    if (channels.fixed().isPresent() && channels.fixed().getAsLong() % group != 0) {
      throw new Malformed(what, channels, "a multiple of group, " + group);
    }
  }

  /** The weight's spatial extents, which kernel_shape must repeat where it is given. */
  private static List<Extent> kernel(Node node, Shape weight) {
    List<Extent> ofWeight = weight.extents().subList(2, weight.rank());
    if (node.intsAttribute("kernel_shape", List.of()).isEmpty()) {
      return ofWeight;
    }
    List<Extent> stated = Windows.statedKernel(node, ofWeight.size());
    for (int i = 0; i < stated.size(); i++) {
      if (ofWeight.get(i).fixed().isPresent() && !ofWeight.get(i).equals(stated.get(i))) {
        throw new Malformed("kernel_shape", stated, "the weight's " + ofWeight);
      }
    }
    return stated;
  }

  /** {@code D' = (D - 1) s + output_padding + e - p}, or output_shape where it is given. */
  private static List<TensorFact> transposed(NodeScope scope) {
    Node node = scope.node();
    Optional<Shape> input = scope.shapeOfRank(0, 3);
    Optional<Shape> weight = scope.shapeOfRank(1, 3);
    int rank = sameRank(input, weight);
    if (rank == 0) {
      return List.of(TensorFact.of(scope.type(0), Optional.empty()));
    }
    Shape x = input.orElse(Shape.unknown(rank));
    Shape w = weight.orElse(Shape.unknown(rank));
    long group = group(node);
    requireChannels(x.at(1), w.at(0), group);
    requireDivisible("the number of input channels", w.at(0), group);
    Windows windows = Windows.of(node, kernel(node, w));
    List<Long> added = Windows.list(node, "output_padding", rank - 2, 0, 0);
    List<Extent> spatial = new ArrayList<>();
    for (int axis = 0; axis < rank - 2; axis++) {
      spatial.add(enlarged(windows, x.at(axis + 2), axis, added.get(axis)));
    }
    if (node.attributes().containsKey("output_shape")) {
      spatial = statedOutput(node, rank - 2);
    }
    Shape shape = Shape.of(x.at(0), w.at(1).times(group)).followedBy(new Shape(spatial));
    return List.of(TensorFact.of(scope.type(0), Optional.of(shape)));
  }

  private static Extent enlarged(Windows windows, Extent input, int axis, long added) {
    long stride = windows.strides().get(axis);
    if (windows.autoPad().startsWith("SAME")) {
      return input.times(stride);
    }
    long pads = windows.pads().get(axis) + windows.pads().get(axis + windows.kernel().size());
    long removed = windows.autoPad().equals("VALID") ? 0 : pads;
    Extent output =
        input.plus(-1).times(stride).plus(windows.effectiveKernel(axis)).plus(added - removed);
    if (output.fixed().isPresent() && output.fixed().getAsLong() < 1) {
      throw new Malformed("pads", windows.pads(), "less than the output without them");
    }
    return output;
  }

  private static List<Extent> statedOutput(Node node, int axes) {
    List<Long> stated = node.intsAttribute("output_shape", List.of());
    int from = Math.max(0, stated.size() - axes);
    return Windows.list(node, "output_shape", stated.size() == axes + 2 ? axes + 2 : axes, 1, 1)
        .subList(from, stated.size())
        .stream()
        .map(Extent::of)
        .toList();
  }
}
