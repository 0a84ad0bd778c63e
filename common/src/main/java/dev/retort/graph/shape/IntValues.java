package dev.retort.graph.shape;

import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The elements of a small integer or boolean tensor as far as they are known before a run, in
 * row-major order: what {@code Shape} gives and what reaches the shape input of {@code Reshape}.
 * Elements may be negative, and unknown ones stay unknown.
 */
record IntValues(Shape shape, List<Extent> elements) {
  /** Larger tensors are no shapes, axes or indices of shapes. */
  static final int MOST = 1024;

  IntValues {
    elements = List.copyOf(elements);
  }

  static IntValues vector(List<Extent> elements) {
    return new IntValues(Shape.of(Extent.of(elements.size())), elements);
  }

  static IntValues scalar(Extent element) {
    return new IntValues(Shape.SCALAR, List.of(element));
  }

  /** The elements of a constant; empty for large ones and for those that hold no integers. */
  static Optional<IntValues> of(Tensor tensor) {
    boolean integer =
        switch (tensor.type()) {
          case INT64, INT32, INT16, INT8, UINT8, UINT16, UINT32, BOOL -> true;
          default -> false;
        };
    if (!integer || tensor.elementCount() > MOST) {
      return Optional.empty();
    }
    List<Extent> elements = Arrays.stream(tensor.toLongs()).mapToObj(Extent::of).toList();
    return Optional.of(new IntValues(Shape.of(tensor.dims()), elements));
  }

  boolean isVector() {
    return shape.rank() == 1;
  }

  IntValues withShape(Shape newShape) {
    return new IntValues(newShape, elements);
  }

  /** The elements as numbers, if all are. */
  Optional<List<Long>> fixed() {
    return elements.stream().allMatch(e -> e.fixed().isPresent())
        ? Optional.of(elements.stream().map(e -> e.fixed().getAsLong()).toList())
        : Optional.empty();
  }
}
