package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * One application of an operator to constants.
 *
 * @param node the application
 * @param inputs its values in order, {@code null}-free: empty where an optional input is omitted
 * @param limitBytes the largest result that may be made
 */
record ConstantCall(Node node, List<Optional<Tensor>> inputs, long limitBytes) {
  ConstantCall {
    inputs = List.copyOf(inputs);
  }

  /**
   * Input {@code index}.
   *
   * @throws NotFoldableException if it is omitted
   */
  Tensor input(int index) {
    return optionalInput(index)
        .orElseThrow(() -> new NotFoldableException("input %d is missing".formatted(index)));
  }

  Optional<Tensor> optionalInput(int index) {
    return index < inputs.size() ? inputs.get(index) : Optional.empty();
  }

  /** The integers of input {@code index}, or of the attribute that older opsets have instead. */
  Optional<long[]> integers(int index, String attribute) {
    Optional<Tensor> tensor = optionalInput(index);
    if (tensor.isPresent()) {
      return tensor.map(ConstantCall::longs);
    }
    List<Long> values = node.intsAttribute(attribute, List.of());
    return node.attribute(attribute).map(a -> values.stream().mapToLong(v -> v).toArray());
  }

  /**
   * Checks the size of a result before it is made.
   *
   * @throws NotFoldableException if a size is negative or the result exceeds the limit
   */
  Dims checked(ElementType type, long... sizes) {
    long bytes = Math.max(1, type.bits() / 8);
    for (long size : sizes) {
      require(size >= 0, "a dimension of the result is negative");
      require(
          size == 0 || bytes <= limitBytes / size, "the result would be larger than its inputs");
      bytes *= size;
    }
    return Dims.of(sizes);
  }

  /** {@code axis} counted from the front. */
  static int axis(long axis, int rank) {
    require(axis >= -rank && axis < rank, "axis %d is out of range".formatted(axis));
    return (int) (axis < 0 ? axis + rank : axis);
  }

  static void require(boolean condition, String reason) {
    if (!condition) {
      throw new NotFoldableException(reason);
    }
  }

  private static long[] longs(Tensor tensor) {
    boolean indices = tensor.type() == ElementType.INT64 || tensor.type() == ElementType.INT32;
    require(indices, "an index is %s".formatted(tensor.type()));
    return tensor.toLongs();
  }
}
