package dev.retort.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.provenance.Seed;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AffineGridTest {
  @Test
  void zeroIsExactAndErrorsAreWithinHalfAStep() {
    Random random = new Seed(1).random();
    for (int i = 0; i < 20_000; i++) {
      int bits = 2 + random.nextInt(15);
      float a = (float) random.nextGaussian() * 10;
      float b = (float) random.nextGaussian();
      AffineGrid grid = AffineGrid.of(new Range(Math.min(a, b), Math.max(a, b)), bits);
      assertThat(grid.value(grid.level(0))).isZero();
      float x = grid.lowest() + random.nextFloat() * (grid.highest() - grid.lowest());
      assertThat(Math.abs((double) grid.value(grid.level(x)) - x))
          .isLessThanOrEqualTo(grid.scale() / 2.0 + Math.abs(x) * 0x1p-22);
    }
  }

  @Test
  void whatLiesOutsideIsClippedToTheEnds() {
    AffineGrid grid = AffineGrid.of(new Range(-1, 3), 8);
    assertThat(grid.level(-50)).isZero();
    assertThat(grid.level(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(grid.level(50)).isEqualTo(grid.top()).isEqualTo(255);
    assertThat(grid.value(255)).isEqualTo(grid.highest());
  }

  /** Jacob et al. 2018 and ONNX: zero point = round(-min / scale). */
  @Test
  void scaleAndZeroPointFollowTheFormula() {
    AffineGrid grid = AffineGrid.of(new Range(-1, 1.55f), 8);
    assertThat(grid.scale()).isEqualTo(0.01f);
    assertThat(grid.zeroPoint()).isEqualTo(100);
  }

  @Test
  void impossibleGridsAreRefused() {
    assertThatThrownBy(() -> new AffineGrid(0, 0, 8)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AffineGrid(1, 256, 8))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AffineGrid(1, 0, 17)).isInstanceOf(IllegalArgumentException.class);
  }
}
