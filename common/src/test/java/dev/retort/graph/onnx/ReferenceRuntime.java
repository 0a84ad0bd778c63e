package dev.retort.graph.onnx;

import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime, unoptimised and single-threaded: the oracle of this package's tests. */
public final class ReferenceRuntime {
  private static final String TYPE_PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private ReferenceRuntime() {}

  /** Whether ONNX Runtime accepts {@code model}. */
  public static boolean loads(byte[] model) {
    try (OrtSession session = open(model)) {
      return session.getNumOutputs() >= 0;
    } catch (OrtException e) {
      return false;
    }
  }

  /**
   * The outputs of {@code model}, whose inputs have defaults: tensors, and lists of them for
   * sequences.
   */
  public static Map<String, Object> run(byte[] model) throws OrtException {
    return run(model, Map.of());
  }

  /** The outputs of {@code model} for {@code inputs} (floats, longs, ints or bytes). */
  public static Map<String, Object> run(byte[] model, Map<String, Tensor> inputs)
      throws OrtException {
    try (OrtSession session = open(model)) {
      return run(session, inputs);
    }
  }

  /** As {@link #run(byte[], Map)}, for the model in {@code file} and its external data. */
  public static Map<String, Object> run(Path file, Map<String, Tensor> inputs) throws OrtException {
    try (OrtSession.SessionOptions options = options();
        OrtSession session = ENVIRONMENT.createSession(file.toString(), options)) {
      return run(session, inputs);
    }
  }

  private static Map<String, Object> run(OrtSession session, Map<String, Tensor> inputs)
      throws OrtException {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        fed.put(input.getKey(), toOrt(input.getValue()));
      }
      Map<String, Object> outputs = new LinkedHashMap<>();
      try (OrtSession.Result result = session.run(fed)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          outputs.put(output.getKey(), fromOrt(output.getValue()));
        }
      }
      return outputs;
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  private static OrtSession open(byte[] model) throws OrtException {
    try (OrtSession.SessionOptions options = options()) {
      return ENVIRONMENT.createSession(model, options);
    }
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OptLevel.NO_OPT);
    options.setIntraOpNumThreads(1);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return options;
  }

  private static OnnxTensor toOrt(Tensor tensor) throws OrtException {
    long[] shape = tensor.dims().toArray();
    ByteBuffer bytes = tensor.bytes();
    return switch (tensor.type()) {
      case FLOAT32 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asFloatBuffer(), shape);
      case FLOAT64 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asDoubleBuffer(), shape);
      case INT64 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asLongBuffer(), shape);
      case INT32 -> OnnxTensor.createTensor(ENVIRONMENT, bytes.asIntBuffer(), shape);
      case FLOAT16 ->
          OnnxTensor.createTensor(
              ENVIRONMENT, bytes.asShortBuffer(), shape, ai.onnxruntime.OnnxJavaType.FLOAT16);
      case UINT8 ->
          OnnxTensor.createTensor(ENVIRONMENT, bytes, shape, ai.onnxruntime.OnnxJavaType.UINT8);
      case INT8 ->
          OnnxTensor.createTensor(ENVIRONMENT, bytes, shape, ai.onnxruntime.OnnxJavaType.INT8);
      case BOOL ->
          OnnxTensor.createTensor(ENVIRONMENT, bytes, shape, ai.onnxruntime.OnnxJavaType.BOOL);
      default -> throw new IllegalArgumentException("cannot feed " + tensor);
    };
  }

  private static Object fromOrt(OnnxValue value) throws OrtException {
    if (value instanceof OnnxTensor tensor) {
      return fromOrt(tensor);
    } else if (value instanceof OnnxSequence sequence) {
      List<Object> elements = new ArrayList<>();
      for (OnnxValue element : sequence.getValue()) {
        elements.add(fromOrt(element));
      }
      return elements;
    }
    return value.getValue();
  }

  private static Tensor fromOrt(OnnxTensor tensor) throws OrtException {
    TensorInfo info = tensor.getInfo();
    Dims dims = Dims.of(info.getShape());
    ElementType type = elementType(info.onnxType.name().substring(TYPE_PREFIX.length()));
    if (type == ElementType.STRING) {
      Object value = tensor.getValue();
      return Tensor.ofStrings(dims, value instanceof String s ? new String[] {s} : flat(value));
    }
    return Tensor.of(
        type, dims, dims.elementCount() == 0 ? ByteBuffer.allocate(0) : tensor.getByteBuffer());
  }

  private static String[] flat(Object value) {
    return value instanceof Object[] array
        ? Arrays.stream(array)
            .flatMap(
                v ->
                    v instanceof String s
                        ? Arrays.stream(new String[] {s})
                        : Arrays.stream(flat(v)))
            .toArray(String[]::new)
        : new String[0];
  }

  private static ElementType elementType(String name) {
    return switch (name) {
      case "FLOAT" -> ElementType.FLOAT32;
      case "DOUBLE" -> ElementType.FLOAT64;
      default -> ElementType.valueOf(name);
    };
  }
}
