package dev.retort.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.retort.data.Batch;
import dev.retort.data.BatchOrder;
import dev.retort.data.Padding;
import dev.retort.data.Shard;
import dev.retort.data.ShardBuffers;
import dev.retort.tensor.AlignedBuffers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A batch as a model takes it, in direct memory of its own. */
public final class PreparedBatch {
  private final int samples;
  private final Map<String, Input> inputs = new LinkedHashMap<>();

  private record Input(ByteBuffer bytes, List<Long> shape, OnnxJavaType type) {
    OnnxTensor tensor() {
      long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
      try {
        return OnnxTensor.createTensor(OrtRuntime.environment(), bytes.duplicate(), dims, type);
      } catch (OrtException e) {
        throw OrtFailures.of("make a tensor " + shape, e);
      }
    }
  }

  private PreparedBatch(int samples) {
    this.samples = samples;
  }

  /** The batches of a shard: the very ones that {@link ShardInference} runs. */
  public static List<PreparedBatch> of(
      OnnxSession session, Shard shard, Padding padding, int batch) {
    BatchInputs inputs = ShardInference.inputs(session, shard, padding, new ShardBuffers());
    BatchOrder order = inputs.order(batch);
    List<PreparedBatch> prepared = new ArrayList<>();
    try {
      for (int number = 0; number < order.batches(); number++) {
        prepared.add(copy(session, inputs, order.batch(number)));
      }
    } catch (OrtException e) {
      throw OrtFailures.of("prepare batches for model " + session.file(), e);
    }
    return prepared;
  }

  private static PreparedBatch copy(OnnxSession session, BatchInputs inputs, Batch batch)
      throws OrtException {
    PreparedBatch prepared = new PreparedBatch(batch.samples());
    for (TensorPort port : session.inputs()) {
      try (OnnxTensor tensor = inputs.tensor(port, batch)) {
        ByteBuffer bytes = tensor.getByteBuffer();
        ByteBuffer copy =
            AlignedBuffers.allocate(bytes.remaining()).put(0, bytes, 0, bytes.remaining());
        List<Long> shape = new ArrayList<>();
        for (long size : tensor.getInfo().getShape()) {
          shape.add(size);
        }
        prepared.inputs.put(port.name(), new Input(copy, shape, tensor.getInfo().type));
      }
    }
    return prepared;
  }

  /** How many samples it has. */
  public int samples() {
    return samples;
  }

  /** Bytes of its inputs. */
  public long byteLength() {
    return inputs.values().stream().mapToLong(input -> input.bytes().capacity()).sum();
  }

  /** The inputs of a run, which the caller closes. */
  Map<String, OnnxTensor> tensors() {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    inputs.forEach((name, input) -> tensors.put(name, input.tensor()));
    return tensors;
  }
}
