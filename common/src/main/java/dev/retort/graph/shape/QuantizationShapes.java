package dev.retort.graph.shape;

import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Quantizing and dequantizing, and quantized elementwise operators of ONNX Runtime. */
final class QuantizationShapes {
  static final Map<String, ShapeRule> RULES =
      Map.of(
          "QuantizeLinear", QuantizationShapes::quantize,
          "DequantizeLinear", QuantizationShapes::dequantize,
          "DynamicQuantizeLinear", QuantizationShapes::dynamic,
          "com.microsoft::QuantizeLinear", QuantizationShapes::quantize,
          "com.microsoft::DequantizeLinear", QuantizationShapes::dequantize,
          "com.microsoft::QLinearAdd", QuantizationShapes::binary,
          "com.microsoft::QLinearMul", QuantizationShapes::binary,
          "com.microsoft::QLinearSigmoid", scope -> List.of(ElementwiseShapes.sameAsInput(scope)),
          "com.microsoft::QLinearLeakyRelu",
              scope -> List.of(ElementwiseShapes.sameAsInput(scope)));

  private QuantizationShapes() {}

  private static List<TensorFact> quantize(NodeScope scope) {
    requireChannels(scope);
    ElementType stated =
        ElementType.ofNumber(
            (int) scope.node().intAttribute("output_dtype", ElementType.UINT8.number()));
    Optional<ElementType> type = scope.node().hasInput(2) ? scope.type(2) : Optional.of(stated);
    return List.of(TensorFact.of(type, scope.shape(0)));
  }

  private static List<TensorFact> dequantize(NodeScope scope) {
    requireChannels(scope);
    return List.of(TensorFact.of(scope.type(1), scope.shape(0)));
  }

  /**
   * A vector of scales has one for each place on the axis; blocked scales have the input's rank.
   */
  private static void requireChannels(NodeScope scope) {
    Optional<Shape> input = scope.shape(0);
    Optional<Shape> scale = scope.shape(1);
    if (input.isEmpty() || scale.isEmpty() || scale.get().rank() != 1 || scale.get().at(0).is(1)) {
      return;
    }
    boolean blocked = scope.node().intAttribute("block_size", 0) != 0;
    Shape shape = input.get();
    Extent channels = shape.at(shape.axis("axis", scope.node().intAttribute("axis", 1)));
    boolean fixed = channels.fixed().isPresent() && scale.get().at(0).fixed().isPresent();
    if (!blocked && fixed && !channels.equals(scale.get().at(0))) {
      throw new Malformed("the number of scales", scale.get().at(0), "1 or " + channels);
    }
  }

  private static List<TensorFact> dynamic(NodeScope scope) {
    return List.of(
        TensorFact.of(ElementType.UINT8, scope.shape(0)),
        TensorFact.of(ElementType.FLOAT32, Optional.of(Shape.SCALAR)),
        TensorFact.of(ElementType.UINT8, Optional.of(Shape.SCALAR)));
  }

  /** Inputs A, A's scale and zero point, B, B's scale and zero point, C's scale and zero point. */
  private static List<TensorFact> binary(NodeScope scope) {
    Optional<Shape> shape = scope.shape(0).flatMap(a -> scope.shape(3).map(a::broadcast));
    return List.of(TensorFact.of(scope.type(0), shape));
  }
}
