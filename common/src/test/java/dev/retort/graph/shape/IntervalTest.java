package dev.retort.graph.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
  private static final Extent S = Extent.of("S");

  @Test
  void fixedIntervalsTakeWhatPythonSlicesTake() {
    List<Extent> list = LongStream.range(0, 5).mapToObj(Extent::of).toList();
    assertThat(taken(list, 1, 4, 1)).containsExactly(1L, 2L, 3L);
    assertThat(taken(list, -2, Long.MAX_VALUE, 1)).containsExactly(3L, 4L);
    assertThat(taken(list, 0, -1, 2)).containsExactly(0L, 2L);
    assertThat(taken(list, 4, Long.MIN_VALUE, -2)).containsExactly(4L, 2L, 0L);
    assertThat(taken(list, 3, 1, 1)).isEmpty();
    assertThat(taken(list, 9, 0, -1)).containsExactly(4L, 3L, 2L, 1L);
  }

  @Test
  void theLengthIsTheNumberOfPositionsForAllBoundsAndSteps() {
    for (long start = -7; start <= 7; start++) {
      for (long end = -7; end <= 7; end++) {
        for (long step : new long[] {-3, -1, 1, 2}) {
          Interval interval = new Interval(Extent.of(start), Extent.of(end), step);
          assertThat(interval.lengthIn(Extent.of(5)).fixed())
              .as("%d:%d:%d", start, end, step)
              .hasValue(positions(start, end, step, 5).size());
        }
      }
    }
  }

  @Test
  void ofASymbolicAxisOnlyWhatHoldsForEverySizeIsKnown() {
    assertThat(length(0, Long.MAX_VALUE)).isEqualTo(S);
    assertThat(length(0, -1)).isEqualTo(S.plus(-1));
    assertThat(length(0, 4)).hasToString("min(S, 4)");
    assertThat(length(1, Long.MAX_VALUE)).isEqualTo(S.plus(-1));
    assertThat(length(-1, Long.MAX_VALUE)).isEqualTo(Extent.ONE);
    assertThat(length(2, Long.MAX_VALUE).isKnown()).isFalse();
    assertThat(length(0, -2).isKnown()).isFalse();
    assertThat(new Interval(Extent.ZERO, S, 1).lengthIn(S)).isEqualTo(S);
    assertThat(new Interval(Extent.ZERO, S, 2).lengthIn(S).isKnown()).isFalse();
    assertThat(new Interval(Extent.ZERO, S, 1).lengthIn(Extent.UNKNOWN).isKnown()).isFalse();
    assertThat(new Interval(Extent.ZERO, S, 1).of(List.of(S))).isEmpty();
  }

  @Test
  void aStepOfZeroIsMalformed() {
    assertThatThrownBy(() -> new Interval(Extent.ZERO, S, 0)).hasMessageContaining("steps is 0");
  }

  private static Extent length(long start, long end) {
    return new Interval(Extent.of(start), Extent.of(end), 1).lengthIn(S);
  }

  private static List<Long> taken(List<Extent> list, long start, long end, long step) {
    return new Interval(Extent.of(start), Extent.of(end), step)
        .of(list).orElseThrow().stream().map(e -> e.fixed().getAsLong()).toList();
  }

  /** The positions one by one: from the clamped start while before the clamped end. */
  private static List<Long> positions(long start, long end, long step, long size) {
    long from = start < 0 ? start + size : start;
    long to = end < 0 ? end + size : end;
    List<Long> positions = new ArrayList<>();
    long first = step > 0 ? Math.max(0, from) : Math.min(size - 1, from);
    for (long i = first; step > 0 ? i < to : i > Math.max(-1, to); i += step) {
      if (i >= size || i < 0) {
        break;
      }
      positions.add(i);
    }
    return positions;
  }
}
