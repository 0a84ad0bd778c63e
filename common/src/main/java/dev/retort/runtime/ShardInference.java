package dev.retort.runtime;

import ai.onnxruntime.OrtException;
import dev.retort.error.UserError;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs shards through a session in batches of one size, in stored order; the last batch of a shard
 * may be short. The batches of a shard depend on nothing but its samples and the batch size, hence
 * so do the bits of the outputs.
 *
 * <p>Inputs are read where they lie if a batch begins at a multiple of {@link
 * AlignedBuffers#ALIGNMENT} bytes in direct memory, otherwise they are copied first. Outputs are
 * written into direct buffers that all batches share. Between shards nothing is allocated unless
 * the samples' dimensions change.
 *
 * <p>For one thread at a time; several may share the session.
 */
public final class ShardInference implements AutoCloseable {
  private final OnnxSession session;
  private final int batch;
  private final List<String> outputs;
  private Map<String, Dims> sampleDims = Map.of();
  private List<OutputShape> shapes = List.of();
  private List<ByteBuffer> buffers = List.of();
  private BatchBinding full;
  private BatchBinding last;

  /**
   * Runs {@code outputs} of a session in batches of {@code batch} samples.
   *
   * @throws UserError if the model has no such output, or takes batches of another size only
   */
  public ShardInference(OnnxSession session, int batch, List<String> outputs) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", must be 1 or more");
    }
    this.session = session;
    this.batch = batch;
    this.outputs = List.copyOf(outputs);
    this.outputs.forEach(session::output);
    session.inputs().forEach(input -> checkBatch(input, batch));
  }

  /** Runs all outputs. */
  public ShardInference(OnnxSession session, int batch) {
    this(session, batch, session.outputNames());
  }

  public OnnxSession session() {
    return session;
  }

  public int batch() {
    return batch;
  }

  public List<String> outputs() {
    return outputs;
  }

  /**
   * Runs a shard and gives the outputs of each batch to {@code consumer}.
   *
   * @param inputs a block of the shard's samples for each input of the model
   * @throws UserError if inputs do not fit the model, or ONNX Runtime cannot run it on them
   */
  public void run(Map<String, SampleBlock> inputs, BatchConsumer consumer) {
    int samples = InputCheck.check(session, inputs);
    try {
      bind(inputs);
      for (int first = 0; first < samples; first += batch) {
        BatchBinding binding = bindingFor(Math.min(batch, samples - first), inputs);
        consumer.accept(first, binding.samples(), binding.run(session, first));
      }
    } catch (OrtException e) {
      throw OrtFailures.of("run model " + session.file() + " in batches of " + batch, e);
    }
  }

  /**
   * Runs a shard and assembles each output for all of its samples, in new buffers.
   *
   * @throws UserError as {@link #run}, or if an output does not grow with the batch
   */
  public Map<String, SampleBlock> collect(Map<String, SampleBlock> inputs) {
    int samples = InputCheck.check(session, inputs);
    Map<String, SampleBlock> collected = new LinkedHashMap<>();
    bindShapes(inputs);
    for (OutputShape shape : shapes) {
      checkPerSample(shape);
      ByteBuffer bytes = AlignedBuffers.allocate(shape.byteLength(samples));
      collected.put(
          shape.port().name(), new SampleBlock(shape.port().type(), shape.dims(), samples, bytes));
    }
    run(
        inputs,
        (first, count, batchOutputs) ->
            batchOutputs.forEach((name, block) -> copy(block, collected.get(name), first)));
    return collected;
  }

  /** Frees the bindings; the session stays open. */
  @Override
  public void close() {
    if (full != null) {
      full.close();
      full = null;
    }
    closeLast();
  }

  private static void copy(SampleBlock block, SampleBlock target, int first) {
    ByteBuffer bytes = block.bytes();
    target.bytes().put(first * block.sampleBytes(), bytes, 0, bytes.capacity());
  }

  private void bind(Map<String, SampleBlock> inputs) throws OrtException {
    bindShapes(inputs);
    if (full == null) {
      buffers = shapes.stream().map(s -> AlignedBuffers.allocate(s.byteLength(batch))).toList();
      full = BatchBinding.of(batch, byPort(inputs), shapes, buffers);
    }
    full.read(inputs);
    if (last != null) {
      last.read(inputs);
    }
  }

  private void bindShapes(Map<String, SampleBlock> inputs) {
    Map<String, Dims> dims = new LinkedHashMap<>();
    inputs.forEach((name, block) -> dims.put(name, block.sampleDims()));
    if (!dims.equals(sampleDims)) {
      close();
      sampleDims = dims;
      shapes =
          session.shapesFor(dims).stream().filter(s -> outputs.contains(s.port().name())).toList();
    }
  }

  private BatchBinding bindingFor(int samples, Map<String, SampleBlock> inputs)
      throws OrtException {
    if (samples == batch) {
      return full;
    }
    if (last == null || last.samples() != samples) {
      session.inputs().forEach(input -> checkBatch(input, samples));
      closeLast();
      last = BatchBinding.of(samples, byPort(inputs), shapes, buffers);
    }
    return last;
  }

  private Map<TensorPort, SampleBlock> byPort(Map<String, SampleBlock> inputs) {
    Map<TensorPort, SampleBlock> byPort = new LinkedHashMap<>();
    session.inputs().forEach(port -> byPort.put(port, inputs.get(port.name())));
    return byPort;
  }

  private void closeLast() {
    if (last != null) {
      last.close();
      last = null;
    }
  }

  private void checkBatch(TensorPort input, int samples) {
    if (input.fixedBatch() != 0 && input.fixedBatch() != samples) {
      throw UserError.input(
          "Cannot run model %s on %d samples at once: input %s is %s, must have a first dimension without fixed size; export it with a dynamic batch axis"
              .formatted(session.file(), samples, input.name(), input));
    }
  }

  private void checkPerSample(OutputShape shape) {
    if (!shape.batched()) {
      throw UserError.input(
          "Cannot collect output %s of model %s for a shard: its shape is %s for any batch, must grow with the batch; take it batch by batch"
              .formatted(shape.port().name(), session.file(), shape.dims()));
    }
  }
}
