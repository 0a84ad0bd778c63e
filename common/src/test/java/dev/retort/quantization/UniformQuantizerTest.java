package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.provenance.Seed;
import dev.retort.statistics.AffineGrid;
import dev.retort.statistics.Range;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UniformQuantizerTest {
  /** Q(x) = round((x - xmin) / (xmax - xmin) * (2^b - 1)), by hand for 3 bits over [-1, 2.5]. */
  @Test
  void levelsFollowTheFormula() {
    UniformQuantizer quantizer = new UniformQuantizer(new Range(-1, 2.5f), 3);
    assertThat(quantizer.steps()).isEqualTo(7);
    assertThat(quantizer.step()).isEqualTo(0.5);
    assertThat(quantizer.level(-1)).isZero();
    assertThat(quantizer.level(0.2f)).isEqualTo(2);
    assertThat(quantizer.level(0.3f)).isEqualTo(3);
    assertThat(quantizer.level(2.5f)).isEqualTo(7);
    assertThat(quantizer.level(100)).isEqualTo(7);
    assertThat(quantizer.value(3)).isEqualTo(0.5f);
  }

  @Test
  void errorsOfBothFormsAreWithinHalfAStepForAllBitWidths() {
    Random random = new Seed(5).random();
    for (int bits = 2; bits <= 16; bits++) {
      for (int i = 0; i < 2000; i++) {
        float min = (float) random.nextGaussian() * 8;
        float max = min + 0.01f + random.nextFloat() * 20;
        UniformQuantizer quantizer = new UniformQuantizer(new Range(min, max), bits);
        float x = min + random.nextFloat() * (max - min);
        double rounding = Math.max(Math.abs(min), Math.abs(max)) * 0x1p-22;
        assertThat(Math.abs((double) quantizer.value(quantizer.level(x)) - x))
            .isLessThanOrEqualTo(quantizer.step() / 2 + rounding);
        AffineGrid aligned = quantizer.zeroAligned();
        // Moving zero onto a level moves the ends by at most half a step.
        assertThat(Math.abs((double) aligned.value(aligned.level(x)) - x))
            .isLessThanOrEqualTo(aligned.scale() + rounding);
        assertThat(aligned.value(aligned.level(0))).isZero();
      }
    }
  }

  @Test
  void theEndsAreRepresentedExactlyOrToRounding() {
    UniformQuantizer quantizer = new UniformQuantizer(new Range(0.5f, 3), 8);
    assertThat(quantizer.value(0)).isEqualTo(0.5f);
    assertThat(quantizer.value(255)).isEqualTo(3);
  }

  @Test
  void impossibleWidthsAndRangesAreRefused() {
    assertThatThrownBy(() -> new UniformQuantizer(new Range(0, 1), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new UniformQuantizer(new Range(0, 1), 17))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new UniformQuantizer(new Range(1, 1), 8))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
