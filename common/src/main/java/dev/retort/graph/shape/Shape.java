package dev.retort.graph.shape;

import dev.retort.graph.Dim;
import dev.retort.tensor.Dims;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The extents of a tensor whose rank is known, outermost first. */
record Shape(List<Extent> extents) {
  static final Shape SCALAR = new Shape(List.of());

  Shape {
    extents = List.copyOf(extents);
  }

  static Shape of(Extent... extents) {
    return new Shape(List.of(extents));
  }

  static Shape of(Dims dims) {
    return new Shape(Arrays.stream(dims.toArray()).mapToObj(Extent::of).toList());
  }

  static Shape ofDims(List<Dim> dims) {
    return new Shape(dims.stream().map(Extent::of).toList());
  }

  /** A shape of which only the rank is known. */
  static Shape unknown(int rank) {
    return new Shape(Collections.nCopies(rank, Extent.UNKNOWN));
  }

  int rank() {
    return extents.size();
  }

  Extent at(int axis) {
    return extents.get(axis);
  }

  /** The non-negative form of {@code axis}, which the attribute {@code what} names. */
  int axis(String what, long axis) {
    return axis(what, axis, rank());
  }

  /** The non-negative form of an axis of a tensor of {@code rank}. */
  static int axis(String what, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new Malformed(what, axis, "%d to %d".formatted(-rank, rank - 1));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  Shape with(int axis, Extent extent) {
    List<Extent> changed = new ArrayList<>(extents);
    changed.set(axis, extent);
    return new Shape(changed);
  }

  Shape without(int axis) {
    List<Extent> changed = new ArrayList<>(extents);
    changed.remove(axis);
    return new Shape(changed);
  }

  Shape slice(int from, int to) {
    return new Shape(extents.subList(from, to));
  }

  Shape followedBy(Shape other) {
    List<Extent> joined = new ArrayList<>(extents);
    joined.addAll(other.extents);
    return new Shape(joined);
  }

  Shape followedBy(Extent... others) {
    return followedBy(of(others));
  }

  Extent elementCount() {
    Extent product = Extent.ONE;
    for (Extent extent : extents) {
      product = product.times(extent);
    }
    return product;
  }

  /** The fixed dimensions, if none is symbolic or unknown. */
  Optional<Dims> fixed() {
    return at(symbol -> null);
  }

  /** The dimensions for the given sizes of symbols; empty if one stays unknown or is negative. */
  Optional<Dims> at(Function<String, Long> sizes) {
    long[] dims = new long[rank()];
    for (int i = 0; i < dims.length; i++) {
      OptionalLong size = extents.get(i).at(sizes);
      if (size.isEmpty() || size.getAsLong() < 0) {
        return Optional.empty();
      }
      dims[i] = size.getAsLong();
    }
    return Optional.of(Dims.of(dims));
  }

  /** Multidirectional broadcasting; an axis whose result depends on unknowns stays unknown. */
  Shape broadcast(Shape other) {
    int rank = Math.max(rank(), other.rank());
    List<Extent> result = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      result.add(broadcast(alignedAt(i, rank), other.alignedAt(i, rank)));
    }
    return new Shape(result);
  }

  private Extent alignedAt(int index, int rank) {
    int axis = index - (rank - rank());
    return axis < 0 ? Extent.ONE : at(axis);
  }

  private static Extent broadcast(Extent a, Extent b) {
    if (a.is(1)) {
      return b;
    }
    if (b.is(1)) {
      return a;
    }
    if (a.fixed().isPresent() && b.fixed().isPresent() && !a.equals(b)) {
      throw new Malformed("the shape of an input", a + " on one axis", "1 or " + b);
    }
    if (a.fixed().isPresent() || b.isMinimumOf(a)) {
      return a;
    }
    if (b.fixed().isPresent() || a.isMinimumOf(b)) {
      return b;
    }
    return a.isKnown() && a.equals(b) ? a : Extent.UNKNOWN;
  }

  List<Dim> toDims() {
    return extents.stream().map(Extent::toDim).toList();
  }

  @Override
  public String toString() {
    return extents.toString();
  }
}
