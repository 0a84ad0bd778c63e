package dev.retort.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.retort.data.Batch;
import dev.retort.data.ShardBuffers;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The outputs of batches of one shape, bound once and used for every batch of that shape. */
final class BatchBinding implements AutoCloseable {
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
  private final Map<String, SampleBlock> views = new LinkedHashMap<>();

  private BatchBinding() {}

  /** Binds batches of {@code samples} samples to the beginnings of {@code buffers}. */
  static BatchBinding of(int samples, List<OutputShape> outputs, ShardBuffers buffers)
      throws OrtException {
    BatchBinding binding = new BatchBinding();
    try {
      for (OutputShape output : outputs) {
        ByteBuffer buffer = buffers.take(output.port().name(), output.byteLength(samples));
        binding.pin(samples, output, buffer);
      }
    } catch (OrtException | RuntimeException e) {
      binding.close();
      throw e;
    }
    return binding;
  }

  private void pin(int samples, OutputShape output, ByteBuffer bytes) throws OrtException {
    TensorPort port = output.port();
    pinned.put(
        port.name(),
        OnnxTensor.createTensor(
            OnnxSession.environment(), bytes, output.forSamples(samples), OrtTypes.javaType(port)));
    int count = output.batched() ? samples : 1;
    views.put(port.name(), new SampleBlock(port.type(), output.dims(), count, bytes));
  }

  /** Runs a batch of this shape; the outputs are valid until the next run. */
  Map<String, SampleBlock> run(OnnxSession session, BatchInputs inputs, Batch batch)
      throws OrtException {
    try {
      for (TensorPort port : session.inputs()) {
        tensors.put(port.name(), inputs.tensor(port, batch));
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
