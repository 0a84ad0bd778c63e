package dev.retort.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Dim;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Translates ONNX Runtime's types, whose numbers are not those of ONNX, by name. */
final class OrtTypes {
  private static final String PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private OrtTypes() {}

  static TensorPort port(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new UnsupportedModelError(
          "Cannot run the model: value %s is a %s, must be a tensor"
              .formatted(node.getName(), node.getInfo().getClass().getSimpleName()));
    }
    long[] sizes = info.getShape();
    String[] names = info.getDimensionNames();
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < sizes.length; axis++) {
      String name = axis < names.length ? names[axis] : "";
      dims.add(
          sizes[axis] >= 0 ? Dim.of(sizes[axis]) : name.isEmpty() ? Dim.UNKNOWN : Dim.of(name));
    }
    return new TensorPort(node.getName(), elementType(node.getName(), info), dims);
  }

  /** A tensor over {@code bytes}: {@code samples} samples of {@code port}. */
  static OnnxTensor tensor(TensorPort port, Dims sampleDims, int samples, ByteBuffer bytes)
      throws OrtException {
    long[] shape = OutputShape.stacked(samples, sampleDims);
    return OnnxTensor.createTensor(OrtRuntime.environment(), bytes, shape, javaType(port));
  }

  static ElementType elementType(String value, TensorInfo info) {
    String name = info.onnxType.name().substring(PREFIX.length());
    return switch (name) {
      case "FLOAT" -> ElementType.FLOAT32;
      case "DOUBLE" -> ElementType.FLOAT64;
      case "UNDEFINED" ->
          throw new UnsupportedModelError(
              "Cannot run the model: value %s has an element type that ONNX Runtime's Java API does"
                      .formatted(value)
                  + " not know, must be one of ONNX's types of 8 bits or more");
      default -> ElementType.valueOf(name);
    };
  }

  /** The type by which buffers are handed over; what Java has no name for is refused. */
  static OnnxJavaType javaType(TensorPort port) {
    return switch (port.type()) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case BOOL -> OnnxJavaType.BOOL;
      default ->
          throw new UnsupportedModelError(
              ("Cannot run the model: value %s is %s, must be a float, a signed integer, UINT8 or"
                      + " BOOL; put a Cast before or behind it")
                  .formatted(port.name(), port.type()));
    };
  }
}
