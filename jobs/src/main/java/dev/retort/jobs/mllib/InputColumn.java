package dev.retort.jobs.mllib;

import dev.retort.data.BadSampleException;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A column that feeds an input of the model. Sent to executors.
 *
 * @param input the model's input
 * @param column the DataFrame's column
 * @param ordinal the column's place in a row
 * @param type the element type that the model takes
 * @param axes the sizes of one row's axes, {@value #OPEN} where any is taken
 */
record InputColumn(String input, String column, int ordinal, ElementType type, List<Long> axes)
    implements Serializable {
  static final long OPEN = -1;

  InputColumn {
    axes = List.copyOf(axes);
  }

  /**
   * The dimensions that a value has as this input: its own where it is nested as deep as the input,
   * else those that its elements fill in row-major order.
   *
   * @param found the value's own: none for a single number, one for a vector
   * @throws BadSampleException if it cannot be the input
   */
  Dims fit(Dims found) throws BadSampleException {
    if (found.rank() == axes.size() && accepts(found)) {
      return found;
    }
    if (found.rank() <= 1) {
      return fill(found);
    }
    throw misfit(found.toString());
  }

  /** The axes as messages show them, such as {@code [1x?x28]}. */
  String shape() {
    return axes.stream()
        .map(size -> size == OPEN ? "?" : size.toString())
        .collect(Collectors.joining("x", "[", "]"));
  }

  private boolean accepts(Dims dims) {
    for (int axis = 0; axis < axes.size(); axis++) {
      if (axes.get(axis) != OPEN && axes.get(axis) != dims.size(axis)) {
        return false;
      }
    }
    return true;
  }

  /** The dimensions of a flat value; at most one axis may be open, which then takes the rest. */
  private Dims fill(Dims found) throws BadSampleException {
    long elements = found.elementCount();
    long stated = 1;
    int open = -1;
    for (int axis = 0; axis < axes.size(); axis++) {
      if (axes.get(axis) != OPEN) {
        stated *= axes.get(axis);
      } else if (open >= 0) {
        throw new BadSampleException(
            "is %s, must be nested as %s, whose open axes a flat value leaves undecided; nest it, or set inputShapes"
                .formatted(found, shape()));
      } else {
        open = axis;
      }
    }
    boolean fits = open < 0 ? elements == stated : stated > 0 && elements % stated == 0;
    if (!fits) {
      throw misfit(elements == 1 ? "1 element" : elements + " elements");
    }
    long[] sizes = axes.stream().mapToLong(Long::longValue).toArray();
    if (open >= 0) {
      sizes[open] = elements / stated;
    }
    return Dims.of(sizes);
  }

  private BadSampleException misfit(String found) {
    return new BadSampleException("has %s, must have %s".formatted(found, shape()));
  }
}
