package dev.retort.graph.onnx;

import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Scalars that were float attributes and must have the element type of a tensor as inputs. */
final class FloatConstants {
  private FloatConstants() {}

  /**
   * The name of a scalar of the type that {@code like} has. If that is not known, a node that makes
   * it is added to {@code nodes}.
   */
  static String scalar(
      String hint, float value, String like, LiftContext context, List<Node> nodes) {
    ElementType type = context.elementType(like).orElse(null);
    if (type != null) {
      return context.constant(hint, scalar(type, value));
    }
    String cast = context.fresh(hint);
    String single = context.constant(hint + "_float", Tensor.scalar(value));
    nodes.add(Node.of(cast, "CastLike", List.of(single, like), List.of(cast)));
    return cast;
  }

  private static Tensor scalar(ElementType type, float value) {
    ByteBuffer bytes = ByteBuffer.allocate((int) type.byteLength(1)).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT32 -> bytes.putFloat(value);
      case FLOAT64 -> bytes.putDouble(value);
      case FLOAT16 -> bytes.putShort(Float16.fromFloat(value));
      default -> throw new NotLiftable("its input has type " + type + ", must be a float type");
    }
    return Tensor.of(type, Dims.scalar(), bytes.flip());
  }
}
