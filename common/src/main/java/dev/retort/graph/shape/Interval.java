package dev.retort.graph.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Positions from {@code start} on, before {@code end}, every {@code step}-th, with the clamping of
 * ONNX {@code Slice}; negative positions count from the end of the axis.
 */
record Interval(Extent start, Extent end, long step) {
  Interval {
    if (step == 0) {
      throw new Malformed("steps", 0, "not 0");
    }
  }

  /** How many positions of an axis of {@code size} the interval has. */
  Extent lengthIn(Extent size) {
    if (size.fixed().isPresent() && bothFixed()) {
      return Extent.of(fixedLength(size.fixed().getAsLong()));
    }
    boolean wholeStart = start.is(0);
    if (step != 1 || !size.isKnown()) {
      return Extent.UNKNOWN;
    }
    return wholeStart ? lengthTo(size) : lengthFrom(size);
  }

  private Extent lengthTo(Extent size) {
    if (end.equals(size)) {
      return size;
    }
    OptionalLong fixedEnd = end.fixed();
    if (fixedEnd.isPresent()) {
      return fixedEnd.getAsLong() == -1
          ? size.plus(-1)
          : fixedEnd.getAsLong() >= Integer.MAX_VALUE
              ? size
              : fixedEnd.getAsLong() >= 0 ? size.min(fixedEnd.getAsLong()) : Extent.UNKNOWN;
    }
    return size.fixed().isPresent() ? end.min(size.fixed().getAsLong()) : Extent.UNKNOWN;
  }

  private Extent lengthFrom(Extent size) {
    boolean unbounded = end.fixed().isPresent() && end.fixed().getAsLong() >= Integer.MAX_VALUE;
    boolean toEnd = unbounded || end.equals(size);
    if (start.is(-1) && toEnd) {
      return Extent.ONE;
    }
    return start.is(1) && toEnd ? size.plus(-1) : Extent.UNKNOWN;
  }

  private boolean bothFixed() {
    return start.fixed().isPresent() && end.fixed().isPresent();
  }

  private long fixedLength(long size) {
    long from = clamped(start.fixed().getAsLong(), size);
    long to = clamped(end.fixed().getAsLong(), size);
    if (step > 0) {
      return Math.max(0, ceilDiv(to - from, step));
    }
    return step == Long.MIN_VALUE ? Math.min(1, from - to) : Math.max(0, ceilDiv(from - to, -step));
  }

  private long clamped(long position, long size) {
    long counted = position < 0 ? position + size : position;
    return step > 0
        ? Math.max(0, Math.min(size, counted))
        : Math.max(-1, Math.min(size - 1, counted));
  }

  private static long ceilDiv(long dividend, long divisor) {
    return -Math.floorDiv(-dividend, divisor);
  }

  /** The elements of {@code list} in the interval, if its bounds are fixed. */
  Optional<List<Extent>> of(List<Extent> list) {
    if (!bothFixed()) {
      return Optional.empty();
    }
    List<Extent> taken = new ArrayList<>();
    long position = clamped(start.fixed().getAsLong(), list.size());
    for (long i = fixedLength(list.size()); i > 0; i--) {
      taken.add(list.get((int) position));
      position += step;
    }
    return Optional.of(taken);
  }
}
