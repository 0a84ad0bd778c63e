package dev.retort.fusion;

import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Which element of a source each element of a result is: {@code offset + sum_i index[i] * step[i]},
 * in elements, row-major.
 */
final class Strides {
  /** Larger results are not made on the heap. */
  private static final long MOST_ELEMENTS = 1 << 26;

  private final Dims dims;
  private final long offset;
  private final long[] steps;

  /** A result of {@code dims} with one step for each of its axes. */
  Strides(Dims dims, long offset, long... steps) {
    this.dims = dims;
    this.offset = offset;
    this.steps = steps.clone();
  }

  /** How {@code from} is read when it is broadcast to {@code to}, by ONNX's rules. */
  static Strides broadcast(Dims from, Dims to) {
    long[] rowMajor = rowMajor(from);
    long[] steps = new long[to.rank()];
    int firstAxis = to.rank() - from.rank();
    for (int axis = 0; axis < from.rank(); axis++) {
      steps[firstAxis + axis] = from.size(axis) == 1 ? 0 : rowMajor[axis];
    }
    return new Strides(to, 0, steps);
  }

  /** The steps of a dense tensor of {@code dims}. */
  static long[] rowMajor(Dims dims) {
    long[] steps = new long[dims.rank()];
    long step = 1;
    for (int axis = dims.rank() - 1; axis >= 0; axis--) {
      steps[axis] = step;
      step *= dims.size(axis);
    }
    return steps;
  }

  /** The source position of each element of the result, in order. */
  int[] positions() {
    ConstantCall.require(
        dims.elementCount() <= MOST_ELEMENTS, "%s is too large to evaluate".formatted(dims));
    int[] positions = new int[Math.toIntExact(dims.elementCount())];
    long[] index = new long[dims.rank()];
    long position = offset;
    for (int i = 0; i < positions.length; i++) {
      positions[i] = Math.toIntExact(position);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        position += steps[axis];
        if (++index[axis] < dims.size(axis)) {
          break;
        }
        position -= steps[axis] * index[axis];
        index[axis] = 0;
      }
    }
    return positions;
  }

  /** The result, taken from {@code source}. */
  Tensor take(Tensor source) {
    return take(source, dims, positions());
  }

  /**
   * A tensor of {@code dims} whose element i is element {@code positions[i]} of {@code source}.
   *
   * @throws NotFoldableException for strings and types of less than a byte
   */
  static Tensor take(Tensor source, Dims dims, int... positions) {
    int width = width(source.type());
    ByteBuffer from = source.bytes();
    byte[] to = new byte[Math.multiplyExact(positions.length, width)];
    for (int i = 0; i < positions.length; i++) {
      from.get(from.position() + positions[i] * width, to, i * width, width);
    }
    return Tensor.of(source.type(), dims, ByteBuffer.wrap(to));
  }

  /** Bytes of one element. */
  static int width(ElementType type) {
    ConstantCall.require(type.bits() >= Byte.SIZE, "elements of %s are not moved".formatted(type));
    return type.bits() / Byte.SIZE;
  }

  @Override
  public String toString() {
    return dims + " from " + offset + " by " + Arrays.toString(steps);
  }
}
