package dev.retort.jobs.stage;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.util.Collection;

/** Refuses a model, before anything runs, that the driver could not take through the steps. */
final class DriverHeap {
  /** What Spark and the statistics of calibration take. */
  private static final long BASE_BYTES = 200L << 20;

  private static final long MEGABYTE = 1L << 20;

  private DriverHeap() {}

  /**
   * Makes sure that {@code model} can be written as one file, as models in the store are.
   *
   * @throws UnsupportedModelError if its tensors exceed {@link OnnxWriter#INLINE_LIMIT_BYTES}
   */
  static void checkLimit(Model model) {
    long bytes = sum(model);
    if (bytes > OnnxWriter.INLINE_LIMIT_BYTES) {
      throw new UnsupportedModelError(
          "Cannot compress the model: its tensors have %,d bytes, must have at most %,d; 'retort inspect' reads it, compress a smaller model"
              .formatted(bytes, OnnxWriter.INLINE_LIMIT_BYTES));
    }
  }

  /**
   * Makes sure that a heap of {@code heapBytes} holds what the steps make of a model. Weights that
   * are read are mapped; those that fusion makes lie on the heap, once for the teacher and once
   * after the step, and those that quantization makes take a quarter, for the candidate that is
   * tried and for the one before it.
   *
   * @param fused the model with what can be folded folded
   * @throws InfrastructureError if it does not
   */
  static void check(String name, Model fused, long heapBytes) {
    long made =
        tensors(fused).stream()
            .map(Tensor::data)
            .filter(data -> data instanceof TensorData.Inline in && !in.bytes().isDirect())
            .mapToLong(TensorData::byteLength)
            .sum();
    long needed = 2 * made + sum(fused) / 2 + BASE_BYTES;
    if (needed > heapBytes) {
      throw new InfrastructureError(
          "Cannot take model %s through the steps: the driver's heap is %,d MB, must have %,d MB; set RETORT_DRIVER_MEMORY or --driver-memory to %dm"
              .formatted(name, heapBytes / MEGABYTE, megabytes(needed), megabytes(needed)));
    }
  }

  private static long megabytes(long bytes) {
    return (bytes + MEGABYTE - 1) / MEGABYTE;
  }

  private static long sum(Model model) {
    return tensors(model).stream().mapToLong(Tensor::byteLength).sum();
  }

  private static Collection<Tensor> tensors(Model model) {
    return model.graph().initializers().values();
  }
}
