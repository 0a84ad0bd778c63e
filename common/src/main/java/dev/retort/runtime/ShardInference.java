package dev.retort.runtime;

import ai.onnxruntime.OrtException;
import dev.retort.data.Batch;
import dev.retort.data.BatchOrder;
import dev.retort.data.Padding;
import dev.retort.data.Shard;
import dev.retort.data.ShardBuffers;
import dev.retort.error.UserError;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs shards through a session in batches, as {@link BatchOrder} cuts them. The batches of a shard
 * depend on nothing but its samples and the batch size, hence so do the bits of the outputs.
 *
 * <p>Samples of one size are read where they lie if a batch begins at a multiple of {@link
 * AlignedBuffers#ALIGNMENT} bytes in direct memory; all others are copied first, to buffers that
 * all batches share. Outputs are written into such buffers too. They grow to the largest batch; a
 * batch of the shape of one of the last two allocates nothing but the handles of its inputs.
 *
 * <p>For one thread at a time; several may share the session.
 */
public final class ShardInference implements AutoCloseable {
  /** Full batches and the short one at a shard's end. */
  private static final int MOST_BINDINGS = 2;

  private final OnnxSession session;
  private final int batch;
  private final List<String> outputs;
  private final BatchListener listener;
  private final ShardBuffers staging = new ShardBuffers();
  private final ShardBuffers results = new ShardBuffers();
  private final Map<Shape, BatchBinding> bindings = new LinkedHashMap<>(8, 0.75f, true);

  private record Shape(int samples, Map<String, Dims> sampleDims) {}

  /**
   * Runs {@code outputs} of a session in batches of {@code batch} samples.
   *
   * @throws UserError if the model has no such output, or takes batches of another size only
   */
  public ShardInference(OnnxSession session, int batch, List<String> outputs) {
    this(session, batch, outputs, BatchListener.SILENT);
  }

  /** As {@link #ShardInference(OnnxSession, int, List)}; {@code listener} hears of each batch. */
  ShardInference(OnnxSession session, int batch, List<String> outputs, BatchListener listener) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", must be 1 or more");
    }
    this.session = session;
    this.batch = batch;
    this.outputs = List.copyOf(outputs);
    this.listener = listener;
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
   * Runs samples of one size in stored order and gives the outputs of each batch to {@code
   * consumer}.
   *
   * @param blocks a block of the samples for each input of the model
   * @throws UserError if inputs do not fit the model, or ONNX Runtime cannot run it on them
   */
  public void run(Map<String, SampleBlock> blocks, BatchConsumer consumer) {
    run(StoredInputs.of(session, blocks, staging), consumer);
  }

  /**
   * As {@link #run(Map, BatchConsumer)}, where the consumer takes outputs sample by sample.
   *
   * @throws UserError also if an output has not a value for each sample
   */
  public void runPerSample(Map<String, SampleBlock> blocks, BatchConsumer consumer) {
    BatchInputs inputs = StoredInputs.of(session, blocks, staging);
    shapes(inputs.sampleDims(0)).forEach(this::checkPerSample);
    run(inputs, consumer);
  }

  /** As {@link #run(Map, BatchConsumer)} for a shard, whose texts are padded as {@code padding}. */
  public void run(Shard shard, Padding padding, BatchConsumer consumer) {
    run(inputs(shard, padding), consumer);
  }

  /**
   * Runs samples of one size and assembles each output for all of them, in new buffers.
   *
   * @throws UserError as {@link #run}, or if an output has not one size a sample
   */
  public Map<String, SampleBlock> collect(Map<String, SampleBlock> blocks) {
    return collect(StoredInputs.of(session, blocks, staging));
  }

  /** As {@link #collect(Map)} for a shard: the outputs are in stored order, whatever was run. */
  public Map<String, SampleBlock> collect(Shard shard, Padding padding) {
    return collect(inputs(shard, padding));
  }

  /** Frees the bindings; the session stays open. */
  @Override
  public void close() {
    bindings.values().forEach(BatchBinding::close);
    bindings.clear();
  }

  private BatchInputs inputs(Shard shard, Padding padding) {
    return inputs(session, shard, padding, staging);
  }

  /** The batches' inputs of a shard, gathered in {@code staging}. */
  static BatchInputs inputs(
      OnnxSession session, Shard shard, Padding padding, ShardBuffers staging) {
    return shard.texts().isPresent()
        ? PaddedInputs.of(session, shard, padding, staging)
        : StoredInputs.of(session, shard.inputs(), staging);
  }

  private void run(BatchInputs inputs, BatchConsumer consumer) {
    BatchOrder order = inputs.order(batch);
    try {
      for (int number = 0; number < order.batches(); number++) {
        Batch next = order.batch(number);
        consumer.accept(next, timed(inputs, next));
      }
    } catch (OrtException e) {
      throw OrtFailures.of("run model " + session.file() + " in batches of " + batch, e);
    }
  }

  private Map<String, SampleBlock> timed(BatchInputs inputs, Batch next) throws OrtException {
    long begin = System.nanoTime();
    Map<String, SampleBlock> outputsOfBatch = binding(inputs, next).run(session, inputs, next);
    listener.ran(next.samples(), System.nanoTime() - begin);
    return outputsOfBatch;
  }

  private Map<String, SampleBlock> collect(BatchInputs inputs) {
    BatchOrder order = inputs.order(batch);
    Map<String, SampleBlock> collected = new LinkedHashMap<>();
    for (OutputShape shape : shapes(inputs.sampleDims(order.longest()))) {
      checkPerSample(shape);
      ByteBuffer bytes = AlignedBuffers.allocate(shape.byteLength(order.samples()));
      collected.put(
          shape.port().name(),
          new SampleBlock(shape.port().type(), shape.dims(), order.samples(), bytes));
    }
    run(inputs, (next, blocks) -> blocks.forEach((n, block) -> put(n, block, next, collected)));
    return collected;
  }

  private void put(
      String output, SampleBlock block, Batch from, Map<String, SampleBlock> collected) {
    SampleBlock target = collected.get(output);
    int sampleBytes = target.sampleBytes();
    if (block.sampleBytes() != sampleBytes) {
      throw UserError.input(
          "Cannot collect output %s of model %s for a shard: a sample has %s in one batch and %s in another, must have the same for texts of any length; take it batch by batch"
              .formatted(output, session.file(), target.sampleDims(), block.sampleDims()));
    }
    if (from.isConsecutive()) {
      target.bytes().put(from.first() * sampleBytes, block.bytes(), 0, block.bytes().capacity());
      return;
    }
    for (int i = 0; i < from.samples(); i++) {
      int place = from.index(i) * sampleBytes;
      target.bytes().put(place, block.bytes(), i * sampleBytes, sampleBytes);
    }
  }

  private BatchBinding binding(BatchInputs inputs, Batch next) throws OrtException {
    Shape shape = new Shape(next.samples(), inputs.sampleDims(next.length()));
    BatchBinding known = bindings.get(shape);
    if (known != null) {
      return known;
    }
    if (next.samples() < batch) {
      session.inputs().forEach(input -> checkBatch(input, next.samples()));
    }
    forgetOldest();
    BatchBinding bound = BatchBinding.of(next.samples(), shapes(shape.sampleDims()), results);
    bindings.put(shape, bound);
    return bound;
  }

  /** Forgets the binding that was used longest ago. */
  private void forgetOldest() {
    if (bindings.size() == MOST_BINDINGS) {
      bindings.remove(bindings.keySet().iterator().next()).close();
    }
  }

  private List<OutputShape> shapes(Map<String, Dims> sampleDims) {
    return session.shapesFor(sampleDims).stream()
        .filter(shape -> outputs.contains(shape.port().name()))
        .toList();
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
          "Cannot take output %s of model %s sample by sample: its shape is %s for any batch, must grow with the batch; leave it out, or take it batch by batch"
              .formatted(shape.port().name(), session.file(), shape.dims()));
    }
  }
}
