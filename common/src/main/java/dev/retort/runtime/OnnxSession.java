package dev.retort.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.retort.data.ShardBuffers;
import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A model that ONNX Runtime has loaded from a file. Weights in external files are mapped, those
 * inside the model file are copied once by ONNX Runtime.
 *
 * <p>Several threads may run one session at a time, each through a {@link ShardInference} of its
 * own; closing it while one runs is an error of the caller.
 *
 * <p>Models whose inputs or outputs are sequences, maps or sparse tensors are refused.
 */
public final class OnnxSession implements AutoCloseable {
  private final Path file;
  private final SessionSettings settings;
  private final OrtSession session;
  private final List<TensorPort> inputs;
  private final List<TensorPort> outputs;
  private final Map<Map<String, Dims>, List<OutputShape>> shapes = new ConcurrentHashMap<>();

  private OnnxSession(Path file, SessionSettings settings, OrtSession session) throws OrtException {
    this.file = file;
    this.settings = settings;
    this.session = session;
    this.inputs = ports(session.getInputInfo().values());
    this.outputs = ports(session.getOutputInfo().values());
  }

  /**
   * Loads {@code file}. Untrusted models go through {@link ModelProbe} first.
   *
   * @throws UserError if the file is absent or no model that ONNX Runtime loads
   * @throws dev.retort.error.UnsupportedModelError if it needs what ONNX Runtime has not
   * @throws dev.retort.error.InfrastructureError if memory does not suffice
   */
  public static OnnxSession open(Path file, SessionSettings settings) {
    try (SessionOptions options = settings.toOptions()) {
      return open(file, settings, options);
    } catch (OrtException e) {
      throw OrtFailures.of("load model " + file, e);
    }
  }

  static OnnxSession open(Path file, SessionSettings settings, SessionOptions options)
      throws OrtException {
    if (!Files.isReadable(file)) {
      throw UserError.input(
          "Cannot load model %s: there is no such readable file; check the path".formatted(file));
    }
    OrtSession session = OrtRuntime.environment().createSession(file.toString(), options);
    try {
      return new OnnxSession(file, settings, session);
    } catch (OrtException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  public Path file() {
    return file;
  }

  public SessionSettings settings() {
    return settings;
  }

  /** The inputs that a caller must give, in the model's order. */
  public List<TensorPort> inputs() {
    return inputs;
  }

  /** The outputs in the model's order. */
  public List<TensorPort> outputs() {
    return outputs;
  }

  public List<String> outputNames() {
    return outputs.stream().map(TensorPort::name).toList();
  }

  /**
   * The input of that name.
   *
   * @throws UserError if the model has none
   */
  public TensorPort input(String name) {
    return port(inputs, "input", name);
  }

  /**
   * The output of that name.
   *
   * @throws UserError if the model has none
   */
  public TensorPort output(String name) {
    return port(outputs, "output", name);
  }

  /**
   * Runs all samples of {@code samples} as one batch and copies all outputs: for a few runs, while
   * {@link ShardInference} copies nothing.
   *
   * @throws UserError if names, types or shapes do not fit the model
   */
  public Map<String, Tensor> run(Map<String, SampleBlock> samples) {
    StoredInputs given = StoredInputs.of(this, samples, new ShardBuffers());
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      for (TensorPort port : inputs) {
        tensors.put(port.name(), given.tensor(port, given.whole()));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        return copies(result);
      }
    } catch (OrtException e) {
      throw OrtFailures.of("run model " + file, e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  /** Runs the model; its outputs are the caller's to close. */
  OrtSession.Result runTensors(Map<String, OnnxTensor> tensors) throws OrtException {
    return session.run(tensors);
  }

  /** Runs into {@code pinned} outputs only; the tensors stay the caller's. */
  void run(Map<String, OnnxTensor> tensors, Map<String, OnnxTensor> pinned) throws OrtException {
    session.run(tensors, Set.of(), pinned).close();
  }

  /** The outputs' shapes for samples of these dimensions, found once. */
  List<OutputShape> shapesFor(Map<String, Dims> sampleDims) {
    return shapes.computeIfAbsent(Map.copyOf(sampleDims), key -> ShapeProbe.shapes(this, key));
  }

  /** Ends a profile that the options began, and returns its file. */
  Path endProfiling() throws OrtException {
    return Path.of(session.endProfiling());
  }

  static OrtEnvironment environment() {
    return OrtRuntime.environment();
  }

  /** Frees the model; no thread may run it now or later. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw OrtFailures.of("close model " + file, e);
    }
  }

  private TensorPort port(List<TensorPort> ports, String kind, String name) {
    return ports.stream()
        .filter(port -> port.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.input(
                    "Cannot run model %s: %s is %s, must be one of %s"
                        .formatted(
                            file, kind, name, ports.stream().map(TensorPort::name).toList())));
  }

  private static List<TensorPort> ports(Collection<NodeInfo> nodes) {
    return nodes.stream().map(OrtTypes::port).toList();
  }

  private Map<String, Tensor> copies(OrtSession.Result result) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    for (Map.Entry<String, OnnxValue> entry : result) {
      OnnxTensor tensor = (OnnxTensor) entry.getValue();
      copies.put(
          entry.getKey(),
          Tensor.of(
              output(entry.getKey()).type(),
              Dims.of(tensor.getInfo().getShape()),
              tensor.getByteBuffer()));
    }
    return copies;
  }
}
