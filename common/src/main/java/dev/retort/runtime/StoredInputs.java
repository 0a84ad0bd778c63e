package dev.retort.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.retort.data.Batch;
import dev.retort.data.BatchOrder;
import dev.retort.data.ShardBuffers;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Samples of one size in stored order. Those of a batch that lie aligned in direct memory are
 * handed over where they lie; others are copied to an aligned buffer first, so that the result has
 * the same bits. For images of a usual size there is thus nothing to assemble ahead of a run.
 */
final class StoredInputs implements BatchInputs {
  private final int samples;
  private final Map<String, SampleBlock> blocks;
  private final Map<String, Dims> sampleDims = new LinkedHashMap<>();
  private final ShardBuffers staging;

  private StoredInputs(int samples, Map<String, SampleBlock> blocks, ShardBuffers staging) {
    this.samples = samples;
    this.blocks = blocks;
    this.staging = staging;
    blocks.forEach((name, block) -> sampleDims.put(name, block.sampleDims()));
  }

  /**
   * The inputs of {@code session}.
   *
   * @param staging where copies go
   * @throws dev.retort.error.UserError if names, types, dimensions or counts do not fit
   */
  static StoredInputs of(
      OnnxSession session, Map<String, SampleBlock> blocks, ShardBuffers staging) {
    return new StoredInputs(InputCheck.check(session, blocks), blocks, staging);
  }

  /** All samples as one batch. */
  Batch whole() {
    return new Batch(order(Math.max(1, samples)), 0, samples, 0);
  }

  @Override
  public BatchOrder order(int batch) {
    return BatchOrder.stored(samples, batch);
  }

  @Override
  public Map<String, Dims> sampleDims(int length) {
    return sampleDims;
  }

  @Override
  public OnnxTensor tensor(TensorPort port, Batch batch) throws OrtException {
    SampleBlock block = blocks.get(port.name());
    int sampleBytes = block.sampleBytes();
    ByteBuffer bytes =
        block.bytes().slice(batch.first() * sampleBytes, batch.samples() * sampleBytes);
    if (!AlignedBuffers.isAligned(bytes)) {
      ByteBuffer copy = staging.take(port.name(), bytes.remaining());
      bytes = copy.put(0, bytes, 0, bytes.remaining());
    }
    return OrtTypes.tensor(port, block.sampleDims(), batch.samples(), bytes);
  }
}
