package dev.retort.fusion;

import dev.retort.graph.Attribute;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators whose result consists of elements of their inputs. */
final class SelectionKernels {
  private static final String AXIS = "axis";

  private SelectionKernels() {}

  static Tensor transpose(ConstantCall call) {
    Tensor data = call.input(0);
    int rank = data.dims().rank();
    List<Long> reversed = IntStream.range(0, rank).mapToObj(i -> (long) (rank - 1 - i)).toList();
    List<Long> permutation = call.node().intsAttribute("perm", reversed);
    ConstantCall.require(
        permutation.stream().sorted().toList().equals(reversed.stream().sorted().toList()),
        "perm is %s, which is no permutation of %d axes".formatted(permutation, rank));
    long[] rowMajor = Strides.rowMajor(data.dims());
    long[] sizes = permutation.stream().mapToLong(a -> data.dims().size(a.intValue())).toArray();
    long[] steps = permutation.stream().mapToLong(a -> rowMajor[a.intValue()]).toArray();
    return new Strides(call.checked(data.type(), sizes), 0, steps).take(data);
  }

  static Tensor expand(ConstantCall call) {
    Tensor data = call.input(0);
    Dims wanted = call.checked(data.type(), call.integers(1, "shape").orElseThrow());
    Dims dims = call.checked(data.type(), broadcast(data.dims(), wanted));
    return Strides.broadcast(data.dims(), dims).take(data);
  }

  static Tensor slice(ConstantCall call) {
    Tensor data = call.input(0);
    Dims dims = data.dims();
    long[] starts = call.integers(1, "starts").orElseThrow();
    long[] ends = call.integers(2, "ends").orElseThrow();
    long[] axes =
        call.integers(3, "axes").orElse(IntStream.range(0, starts.length).asLongStream().toArray());
    long[] strides = call.integers(4, "steps").orElse(ones(starts.length));
    boolean lengths = ends.length == starts.length && axes.length == starts.length;
    ConstantCall.require(lengths && strides.length == starts.length, "starts and ends differ");
    long[] sizes = dims.toArray();
    long[] steps = Strides.rowMajor(dims);
    long offset = 0;
    for (int i = 0; i < starts.length; i++) {
      int axis = ConstantCall.axis(axes[i], dims.rank());
      ConstantCall.require(sizes[axis] == dims.size(axis), "an axis is sliced twice");
      long start = start(starts[i], dims.size(axis), strides[i]);
      sizes[axis] = sliceLength(start, ends[i], dims.size(axis), strides[i]);
      offset += sizes[axis] == 0 ? 0 : start * steps[axis];
      steps[axis] *= strides[i];
    }
    return new Strides(call.checked(data.type(), sizes), offset, steps).take(data);
  }

  private static long start(long start, long size, long step) {
    return bounded(start, size, 0, step < 0 ? size - 1 : size);
  }

  private static long sliceLength(long start, long end, long size, long step) {
    ConstantCall.require(step != 0 && step != Long.MIN_VALUE, "a step is " + step);
    long last = step < 0 ? bounded(end, size, -1, size - 1) : bounded(end, size, 0, size);
    long distance = step < 0 ? start - last : last - start;
    return size == 0 || distance <= 0 ? 0 : (distance - 1) / Math.abs(step) + 1;
  }

  static Tensor gather(ConstantCall call) {
    Tensor data = call.input(0);
    Dims dims = data.dims();
    Dims indexDims = call.input(1).dims();
    int axis = ConstantCall.axis(call.node().intAttribute(AXIS, 0), dims.rank());
    long[] indices = call.integers(1, "").orElseThrow();
    for (int i = 0; i < indices.length; i++) {
      indices[i] = ConstantCall.axis(indices[i], (int) dims.size(axis));
    }
    long[] sizes = spliced(dims, axis, indexDims);
    Dims result = call.checked(data.type(), sizes);
    int inner = (int) product(dims.toArray(), axis + 1, dims.rank());
    int rows = (int) dims.size(axis);
    int[] positions = new int[(int) result.elementCount()];
    for (int i = 0; i < positions.length; i++) {
      int outer = i / inner / indices.length;
      int row = (int) indices[i / inner % indices.length];
      positions[i] = (outer * rows + row) * inner + i % inner;
    }
    return Strides.take(data, result, positions);
  }

  static Tensor concat(ConstantCall call) {
    Tensor first = call.input(0);
    Dims dims = first.dims();
    int axis = ConstantCall.axis(call.node().intAttribute(AXIS, 0), dims.rank());
    List<Tensor> parts = new ArrayList<>();
    long[] sizes = dims.toArray();
    sizes[axis] = 0;
    for (int i = 0; i < call.inputs().size(); i++) {
      Tensor part = call.input(i);
      long[] partSizes = part.dims().toArray();
      ConstantCall.require(
          partSizes.length == sizes.length && part.type() == first.type(), "inputs do not fit");
      sizes[axis] += partSizes[axis];
      partSizes[axis] = dims.size(axis);
      ConstantCall.require(Arrays.equals(partSizes, dims.toArray()), "inputs do not fit");
      parts.add(part);
    }
    return joined(parts, axis, call.checked(first.type(), sizes));
  }

  static Tensor constantOfShape(ConstantCall call) {
    Tensor value =
        call.node().attributes().get("value") instanceof Attribute.Constant constant
            ? constant.value()
            : Tensor.ofFloats(Dims.of(1), 0);
    ConstantCall.require(value.elementCount() == 1, "its value has not one element");
    Dims dims = call.checked(value.type(), call.integers(0, "").orElseThrow());
    return new Strides(dims, 0, new long[dims.rank()]).take(value);
  }

  /**
   * The dimensions to which both are broadcast, by ONNX's rules.
   *
   * @throws NotFoldableException if they do not fit
   */
  static long[] broadcast(Dims left, Dims right) {
    long[] sizes = new long[Math.max(left.rank(), right.rank())];
    for (int fromEnd = 1; fromEnd <= sizes.length; fromEnd++) {
      long l = fromEnd <= left.rank() ? left.size(-fromEnd) : 1;
      long r = fromEnd <= right.rank() ? right.size(-fromEnd) : 1;
      ConstantCall.require(
          l == r || l == 1 || r == 1, left + " and " + right + " do not broadcast");
      sizes[sizes.length - fromEnd] = l == 1 ? r : l;
    }
    return sizes;
  }

  private static Tensor joined(List<Tensor> parts, int axis, Dims dims) {
    int width = Strides.width(parts.get(0).type());
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(dims.elementCount() * width));
    long rows = product(dims.toArray(), 0, axis);
    for (int row = 0; row < rows; row++) {
      for (Tensor part : parts) {
        int length = (int) (part.byteLength() / rows);
        bytes.put(part.bytes().slice(row * length, length));
      }
    }
    return Tensor.of(parts.get(0).type(), dims, bytes.flip());
  }

  private static long[] spliced(Dims dims, int axis, Dims middle) {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < dims.rank(); i++) {
      if (i == axis) {
        Arrays.stream(middle.toArray()).forEach(sizes::add);
      } else {
        sizes.add(dims.size(i));
      }
    }
    return sizes.stream().mapToLong(size -> size).toArray();
  }

  /** A start or end: counted from the end when negative, then put between the bounds. */
  private static long bounded(long position, long size, long least, long most) {
    long front = position < 0 ? position + size : position;
    return Math.max(least, Math.min(front, most));
  }

  private static long product(long[] sizes, int from, int to) {
    return Arrays.stream(sizes, from, to).reduce(1, (a, b) -> a * b);
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
