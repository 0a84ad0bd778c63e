package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
  private static final InputSpec INPUT = Texts.input(9);
  private static final TokenSequences TEXTS = Texts.ofLengths(INPUT, 2, 5, 3, 5, 1, 3, 4);

  @Test
  void samplesOfOneSizeKeepTheirOrder() {
    BatchOrder order = BatchOrder.stored(7, 3);

    assertThat(indexes(order)).containsExactly("0 1 2", "3 4 5", "6");
    assertThat(order.longest()).isZero();
    assertThat(order.batch(1).isConsecutive()).isTrue();
    assertThat(order.batch(1).tokens(0)).isZero();
    assertThat(BatchOrder.stored(0, 3).batches()).isZero();
  }

  @Test
  void textsAreSortedLongestFirstAndEqualOnesKeepTheirOrder() {
    BatchOrder order = BatchOrder.of(TEXTS, 3, Padding.LONGEST);

    assertThat(indexes(order)).containsExactly("1 3 6", "2 5 0", "4");
    assertThat(lengths(order)).containsExactly(5, 3, 1);
    assertThat(order.longest()).isEqualTo(5);
    assertThat(order.batch(0).isConsecutive()).isFalse();
    assertThat(order.batch(1).tokens(2)).isEqualTo(2);
  }

  @Test
  void textsOfTheMaximalLengthKeepTheirOrder() {
    BatchOrder order = BatchOrder.of(TEXTS, 3, Padding.MAX_LENGTH);

    assertThat(indexes(order)).containsExactly("0 1 2", "3 4 5", "6");
    assertThat(lengths(order)).containsExactly(9, 9, 9);
    assertThat(order.batch(2).tokens(0)).isEqualTo(4);
  }

  @Test
  void aBatchHasAtLeastOneSample() {
    assertThatThrownBy(() -> BatchOrder.stored(7, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch is 0, must be 1 or more");
  }

  private static List<String> indexes(BatchOrder order) {
    List<String> batches = new ArrayList<>();
    for (int number = 0; number < order.batches(); number++) {
      Batch batch = order.batch(number);
      List<String> places =
          IntStream.range(0, batch.samples()).mapToObj(i -> "" + batch.index(i)).toList();
      batches.add(String.join(" ", places));
    }
    return batches;
  }

  private static List<Integer> lengths(BatchOrder order) {
    return IntStream.range(0, order.batches()).map(n -> order.batch(n).length()).boxed().toList();
  }
}
