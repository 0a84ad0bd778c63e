package dev.retort.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The fixed dimensions of a tensor, outermost first; none for a scalar. */
public final class Dims {
  private static final Dims SCALAR = new Dims(new long[0]);

  private final long[] sizes;

  private Dims(long[] sizes) {
    this.sizes = sizes;
  }

  /**
   * Dimensions of the given sizes.
   *
   * @throws IllegalArgumentException if a size is negative or their product overflows
   */
  public static Dims of(long... sizes) {
    long product = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(sizes));
      }
      try {
        product = Math.multiplyExact(product, size);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("too many elements: " + Arrays.toString(sizes), e);
      }
    }
    return sizes.length == 0 ? SCALAR : new Dims(sizes.clone());
  }

  /** No dimension: one element. */
  public static Dims scalar() {
    return SCALAR;
  }

  public int rank() {
    return sizes.length;
  }

  /** The size of {@code axis}, which counts from the end when negative. */
  public long size(int axis) {
    return sizes[axis < 0 ? axis + sizes.length : axis];
  }

  /** The product of all sizes; 1 for a scalar. */
  public long elementCount() {
    long product = 1;
    for (long size : sizes) {
      product *= size;
    }
    return product;
  }

  public long[] toArray() {
    return sizes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Dims dims && Arrays.equals(sizes, dims.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("x", "[", "]"));
  }
}
