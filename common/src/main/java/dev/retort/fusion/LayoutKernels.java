package dev.retort.fusion;

import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;

/** Operators that give the same elements in the same order other dimensions. */
final class LayoutKernels {
  private LayoutKernels() {}

  static Tensor reshape(ConstantCall call) {
    Tensor data = call.input(0);
    long[] sizes = call.integers(1, "shape").orElseThrow().clone();
    boolean keepZeros = call.node().intAttribute("allowzero", 0) != 0;
    int inferred = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == 0 && !keepZeros) {
        ConstantCall.require(i < data.dims().rank(), "a 0 copies a dimension that is not there");
        sizes[i] = data.dims().size(i);
      }
      if (sizes[i] == -1) {
        ConstantCall.require(inferred < 0, "two dimensions are to be inferred");
        inferred = i;
      } else {
        known *= sizes[i];
      }
    }
    if (inferred >= 0) {
      ConstantCall.require(known > 0, "a dimension cannot be inferred");
      sizes[inferred] = data.elementCount() / known;
    }
    return withDims(data, call.checked(data.type(), sizes));
  }

  static Tensor flatten(ConstantCall call) {
    Tensor data = call.input(0);
    int rank = data.dims().rank();
    long axis = call.node().intAttribute("axis", 1);
    long front = axis < 0 ? axis + rank : axis;
    ConstantCall.require(front >= 0 && front <= rank, "axis %d is out of range".formatted(axis));
    long[] sizes = data.dims().toArray();
    long rows = Arrays.stream(sizes, 0, (int) front).reduce(1, (a, b) -> a * b);
    long columns = Arrays.stream(sizes, (int) front, rank).reduce(1, (a, b) -> a * b);
    return withDims(data, Dims.of(rows, columns));
  }

  static Tensor squeeze(ConstantCall call) {
    Tensor data = call.input(0);
    int rank = data.dims().rank();
    BitSet removed = new BitSet();
    for (long axis : call.integers(1, "axes").orElseGet(() -> axesOfSizeOne(data.dims()))) {
      int front = ConstantCall.axis(axis, rank);
      ConstantCall.require(data.dims().size(front) == 1, "a squeezed axis is not of size 1");
      removed.set(front);
    }
    long[] sizes =
        LongStream.range(0, rank)
            .filter(i -> !removed.get((int) i))
            .map(i -> data.dims().size((int) i))
            .toArray();
    return withDims(data, Dims.of(sizes));
  }

  static Tensor unsqueeze(ConstantCall call) {
    Tensor data = call.input(0);
    long[] axes = call.integers(1, "axes").orElseThrow();
    int rank = data.dims().rank() + axes.length;
    BitSet added = new BitSet();
    for (long axis : axes) {
      added.set(ConstantCall.axis(axis, rank));
    }
    ConstantCall.require(added.cardinality() == axes.length, "an axis is given twice");
    long[] sizes = new long[rank];
    int next = 0;
    for (int i = 0; i < rank; i++) {
      sizes[i] = added.get(i) ? 1 : data.dims().size(next++);
    }
    return withDims(data, Dims.of(sizes));
  }

  private static long[] axesOfSizeOne(Dims dims) {
    return LongStream.range(0, dims.rank()).filter(i -> dims.size((int) i) == 1).toArray();
  }

  private static Tensor withDims(Tensor data, Dims dims) {
    ConstantCall.require(
        dims.elementCount() == data.elementCount(),
        "%s does not fit into %s".formatted(data.dims(), dims));
    return new Tensor(data.type(), dims, data.data());
  }
}
