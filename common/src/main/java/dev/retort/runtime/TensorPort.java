package dev.retort.runtime;

import dev.retort.graph.Dim;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.util.List;

/**
 * An input or output of a session, as ONNX Runtime knows it after loading.
 *
 * @param dims its dimensions, the batch axis first where there is one
 */
public record TensorPort(String name, ElementType type, List<Dim> dims) {
  public TensorPort {
    dims = List.copyOf(dims);
  }

  /** Whether {@code samples} tensors of {@code sampleDims}, stacked on a first axis, fit. */
  boolean accepts(long samples, Dims sampleDims) {
    return dims.size() == sampleDims.rank() + 1
        && fits(dims.get(0), samples)
        && acceptsSample(sampleDims);
  }

  /** Whether tensors of {@code sampleDims} fit behind the batch axis. */
  boolean acceptsSample(Dims sampleDims) {
    if (dims.size() != sampleDims.rank() + 1) {
      return false;
    }
    for (int axis = 0; axis < sampleDims.rank(); axis++) {
      if (!fits(dims.get(axis + 1), sampleDims.size(axis))) {
        return false;
      }
    }
    return true;
  }

  /** Whether no axis but the batch's has a fixed size. */
  boolean isOpenBehindBatch() {
    return dims.stream().skip(1).noneMatch(Dim.Fixed.class::isInstance);
  }

  /** The one batch size that the model takes; 0 if it takes any. */
  long fixedBatch() {
    return !dims.isEmpty() && dims.get(0) instanceof Dim.Fixed fixed ? fixed.size() : 0;
  }

  private static boolean fits(Dim dim, long size) {
    return !(dim instanceof Dim.Fixed fixed) || fixed.size() == size;
  }

  @Override
  public String toString() {
    return type + dims.toString();
  }
}
