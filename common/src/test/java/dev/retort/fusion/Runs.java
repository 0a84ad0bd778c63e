package dev.retort.fusion;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a model in ONNX Runtime as it is: no optimization, one thread. */
final class Runs {
  private Runs() {}

  static Map<String, Tensor> run(Model model, Map<String, Tensor> inputs) {
    Map<String, OnnxTensor> values = new LinkedHashMap<>();
    try (SessionOptions options = options();
        OrtSession session =
            OrtEnvironment.getEnvironment().createSession(OnnxWriter.toBytes(model), options)) {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        values.put(input.getKey(), toRuntime(input.getValue()));
      }
      try (OrtSession.Result result = session.run(values)) {
        return fromRuntime(result);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      values.values().forEach(OnnxTensor::close);
    }
  }

  private static SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    return options;
  }

  private static OnnxTensor toRuntime(Tensor tensor) throws OrtException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) tensor.byteLength()).order(ByteOrder.nativeOrder());
    bytes.put(tensor.bytes()).flip();
    OnnxJavaType type =
        switch (tensor.type()) {
          case FLOAT32 -> OnnxJavaType.FLOAT;
          case FLOAT64 -> OnnxJavaType.DOUBLE;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          case INT64 -> OnnxJavaType.INT64;
          case INT32 -> OnnxJavaType.INT32;
          case INT16 -> OnnxJavaType.INT16;
          case INT8 -> OnnxJavaType.INT8;
          case UINT8 -> OnnxJavaType.UINT8;
          case BOOL -> OnnxJavaType.BOOL;
          default -> throw new IllegalArgumentException("no input of " + tensor);
        };
    return OnnxTensor.createTensor(
        OrtEnvironment.getEnvironment(), bytes, tensor.dims().toArray(), type);
  }

  private static Map<String, Tensor> fromRuntime(OrtSession.Result result) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (Map.Entry<String, OnnxValue> output : result) {
      if (output.getValue() instanceof OnnxTensor tensor) {
        TensorInfo info = tensor.getInfo();
        ByteBuffer bytes = tensor.getByteBuffer();
        outputs.put(output.getKey(), Tensor.of(elementType(info), Dims.of(info.getShape()), bytes));
      }
    }
    return outputs;
  }

  private static ElementType elementType(TensorInfo info) {
    return switch (info.type) {
      case FLOAT -> ElementType.FLOAT32;
      case DOUBLE -> ElementType.FLOAT64;
      default -> ElementType.valueOf(info.type.name());
    };
  }
}
