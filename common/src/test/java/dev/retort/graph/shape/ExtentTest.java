package dev.retort.graph.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.graph.Dim;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExtentTest {
  private static final Extent N = Extent.of("N");
  private static final Extent S = Extent.of("S");

  @Test
  void productsAreEqualInAnyOrder() {
    assertThat(N.plus(1).times(S)).isEqualTo(S.times(N).plus(S));
    assertThat(N.plus(1).times(S)).hasToString("S + N*S");
    assertThat(N.plus(1).times(S)).hasSameHashCodeAs(S.times(N).plus(S));
  }

  @Test
  void termsCancel() {
    assertThat(N.plus(3).minus(N)).isEqualTo(Extent.of(3));
    assertThat(N.minus(N).fixed()).hasValue(0);
  }

  @Test
  void unknownMakesSumsAndProductsUnknownButForZero() {
    assertThat(N.plus(Extent.UNKNOWN).isKnown()).isFalse();
    assertThat(Extent.UNKNOWN.times(2).isKnown()).isFalse();
    assertThat(Extent.UNKNOWN.times(0).fixed()).hasValue(0);
  }

  @Test
  void aQuotientIsSimplifiedOnlyWhenExact() {
    assertThat(N.times(12).floorDiv(4)).isEqualTo(N.times(3));
    assertThat(N.plus(1).floorDiv(2)).hasToString("floor((N + 1)/2)");
    assertThat(N.times(S).dividedBy(S)).isEqualTo(N);
    assertThat(N.dividedBy(S).isKnown()).isFalse();
    assertThat(N.plus(1).dividedBy(N.plus(1))).isEqualTo(Extent.ONE);
    assertThat(Extent.of(-7).floorDiv(2).fixed()).hasValue(-4);
  }

  @Test
  void symbolsTakeSizes() {
    Extent extent = N.plus(1).floorDiv(2).times(S).plus(S.min(10));
    assertThat(extent.at(Map.of("N", 4L, "S", 20L)::get)).hasValue(50);
    assertThat(extent.at(Map.of("N", 4L)::get)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void aMinimumIsRecognisedForBroadcasting() {
    assertThat(S.min(512).isMinimumOf(S)).isTrue();
    assertThat(S.min(1).isMinimumOf(S)).isFalse();
    assertThat(S.isMinimumOf(S)).isFalse();
    assertThat(Extent.of(7).min(5)).isEqualTo(Extent.of(5));
  }

  @Test
  void aDimensionKeepsItsNameAndAPolynomialItsText() {
    assertThat(N.toDim()).isEqualTo(Dim.of("N"));
    assertThat(N.times(2).toDim()).isEqualTo(Dim.of("2*N"));
    assertThat(N.times(-1).plus(S).toDim()).isEqualTo(Dim.of("S - N"));
    assertThat(Extent.UNKNOWN.toDim()).isEqualTo(Dim.UNKNOWN);
    assertThat(Extent.ZERO.toDim()).isEqualTo(Dim.of(0));
  }

  @Test
  void overflowIsAnErrorAndNoWrongSize() {
    assertThatThrownBy(() -> Extent.of(1L << 40).times(1L << 40))
        .isInstanceOf(ArithmeticException.class);
  }
}
