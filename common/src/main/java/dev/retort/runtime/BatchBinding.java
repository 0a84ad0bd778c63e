package dev.retort.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Inputs and outputs of batches of one size, made once and used for every batch of that size. */
final class BatchBinding implements AutoCloseable {
  private final int samples;
  private final Map<String, InputSlot> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
  private final Map<String, SampleBlock> views = new LinkedHashMap<>();

  private BatchBinding(int samples) {
    this.samples = samples;
  }

  /**
   * Binds batches of {@code samples} samples.
   *
   * @param like blocks with the types and dimensions of the inputs
   * @param buffers an aligned buffer for each of {@code outputs}, of that size or more
   */
  static BatchBinding of(
      int samples,
      Map<TensorPort, SampleBlock> like,
      List<OutputShape> outputs,
      List<ByteBuffer> buffers)
      throws OrtException {
    BatchBinding binding = new BatchBinding(samples);
    like.forEach(
        (port, block) -> binding.inputs.put(port.name(), InputSlot.of(port, block, samples)));
    try {
      for (int i = 0; i < outputs.size(); i++) {
        binding.pin(outputs.get(i), buffers.get(i));
      }
    } catch (OrtException | RuntimeException e) {
      binding.close();
      throw e;
    }
    return binding;
  }

  private void pin(OutputShape output, ByteBuffer buffer) throws OrtException {
    ByteBuffer bytes = buffer.slice(0, output.byteLength(samples));
    TensorPort port = output.port();
    pinned.put(
        port.name(),
        OnnxTensor.createTensor(
            OnnxSession.environment(), bytes, output.forSamples(samples), OrtTypes.javaType(port)));
    int count = output.batched() ? samples : 1;
    views.put(port.name(), new SampleBlock(port.type(), output.dims(), count, bytes));
  }

  int samples() {
    return samples;
  }

  /** Takes the inputs from these blocks from now on. */
  void read(Map<String, SampleBlock> blocks) {
    inputs.forEach((name, slot) -> slot.read(blocks.get(name)));
  }

  /** Runs the samples from {@code first} on; the outputs are valid until the next run. */
  Map<String, SampleBlock> run(OnnxSession session, int first) throws OrtException {
    try {
      for (Map.Entry<String, InputSlot> input : inputs.entrySet()) {
        tensors.put(input.getKey(), input.getValue().stage(first));
      }
      session.run(tensors, pinned);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
      tensors.clear();
    }
    return Collections.unmodifiableMap(views);
  }

  @Override
  public void close() {
    pinned.values().forEach(OnnxTensor::close);
    pinned.clear();
  }
}
