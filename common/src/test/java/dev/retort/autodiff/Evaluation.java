package dev.retort.autodiff;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model in ONNX Runtime, unoptimised and on one thread, whose inputs stay in place so that single
 * elements can be changed between runs.
 */
final class Evaluation implements AutoCloseable {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final OrtSession session;
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> buffers = new LinkedHashMap<>();

  Evaluation(Model model, Map<String, Tensor> inputs) {
    this(model, inputs, OptLevel.NO_OPT, 1);
  }

  Evaluation(Model model, Map<String, Tensor> inputs, OptLevel level, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(level);
      options.setIntraOpNumThreads(threads);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      session = ENVIRONMENT.createSession(OnnxWriter.toBytes(model), options);
      for (String name : session.getInputNames()) {
        feed(name, inputs.get(name));
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses the model: " + e.getMessage(), e);
    }
  }

  private void feed(String name, Tensor tensor) throws OrtException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) tensor.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(tensor.bytes()).flip();
    long[] shape = tensor.dims().toArray();
    buffers.put(name, bytes);
    tensors.put(
        name,
        switch (tensor.type()) {
          case FLOAT32 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asFloatBuffer(), shape);
          case FLOAT64 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asDoubleBuffer(), shape);
          case INT64 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asLongBuffer(), shape);
          case INT32 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asIntBuffer(), shape);
          case BOOL ->
              OnnxTensor.createTensor(ENVIRONMENT, bytes, shape, ai.onnxruntime.OnnxJavaType.BOOL);
          default -> throw new IllegalArgumentException("cannot feed " + tensor);
        });
  }

  /** The memory of an input, which the next run reads. */
  ByteBuffer buffer(String input) {
    return buffers.get(input);
  }

  /** All outputs. */
  Map<String, Tensor> run() {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    try (OrtSession.Result result = session.run(tensors)) {
      for (Map.Entry<String, OnnxValue> entry : result) {
        OnnxTensor tensor = (OnnxTensor) entry.getValue();
        ElementType type =
            switch (tensor.getInfo().type) {
              case FLOAT -> ElementType.FLOAT32;
              case DOUBLE -> ElementType.FLOAT64;
              case INT64 -> ElementType.INT64;
              default -> ElementType.valueOf(tensor.getInfo().type.name());
            };
        Dims dims = Dims.of(tensor.getInfo().getShape());
        ByteBuffer bytes =
            dims.elementCount() == 0 ? ByteBuffer.allocate(0) : tensor.getByteBuffer();
        outputs.put(entry.getKey(), Tensor.of(type, dims, bytes));
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime fails: " + e.getMessage(), e);
    }
    return outputs;
  }

  /** The one element of the first output, a double. */
  double scalar() {
    try (OrtSession.Result result = session.run(tensors)) {
      return ((OnnxTensor) result.get(0)).getDoubleBuffer().get(0);
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime fails: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }
}
