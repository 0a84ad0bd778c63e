package dev.retort.graph.shape;

import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Windows, Fourier transforms and mel filters. */
final class SignalShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "BlackmanWindow", SignalShapes::window,
          "HannWindow", SignalShapes::window,
          "HammingWindow", SignalShapes::window,
          "DFT", SignalShapes::fourier,
          "MelWeightMatrix", SignalShapes::mel);

  private SignalShapes() {}

  private static List<TensorFact> window(NodeScope scope) {
    return List.of(
        TensorFact.of(type(scope), Optional.of(Shape.of(notNegative(scope, 0, "size")))));
  }

  private static ElementType type(NodeScope scope) {
    long number = scope.node().intAttribute("output_datatype", ElementType.FLOAT32.number());
    return ElementType.ofNumber((int) number);
  }

  /** The integer scalar of an input. */
  private static Extent notNegative(NodeScope scope, int input, String what) {
    Extent size = scope.element(input);
    if (size.fixed().isPresent() && size.fixed().getAsLong() < 0) {
      throw new Malformed(what, size, "0 or more");
    }
    return size;
  }

  /** {@code [batch, D, 1 or 2] -> [batch, D', 2]}; the length may be given, and may be halved. */
  private static List<TensorFact> fourier(NodeScope scope) {
    Optional<Shape> input = scope.shapeOfRank(0, 2);
    boolean axisIsInput = scope.opset() >= 20;
    boolean halved = scope.node().intAttribute("onesided", 0) != 0;
    boolean real = halved && scope.node().intAttribute("inverse", 0) != 0;
    if (input.isEmpty() || axisIsInput || real) {
      return List.of(TensorFact.of(scope.type(0), input.map(s -> Shape.unknown(s.rank()))));
    }
    Shape shape = input.get();
    int axis = shape.axis("axis", scope.node().intAttribute("axis", 1));
    Extent length = scope.node().hasInput(1) ? notNegative(scope, 1, "dft_length") : shape.at(axis);
    Extent kept = halved ? length.floorDiv(2).plus(1) : length;
    return List.of(
        TensorFact.of(
            scope.type(0),
            Optional.of(shape.with(axis, kept).with(shape.rank() - 1, Extent.of(2)))));
  }

  /** {@code [floor(dft_length/2) + 1, num_mel_bins]}. */
  private static List<TensorFact> mel(NodeScope scope) {
    Extent bins = notNegative(scope, 0, "num_mel_bins");
    Extent spectrum = notNegative(scope, 1, "dft_length").floorDiv(2).plus(1);
    return List.of(TensorFact.of(type(scope), Optional.of(Shape.of(spectrum, bins))));
  }
}
