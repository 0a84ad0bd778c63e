package dev.retort.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.provenance.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Against NumPy 2.4.6, whose answers stand here as digests. */
class Float16Test {
  private static final int PATTERNS = 1 << 16;
  private static final int[] LOW_BITS = {
    0, 1, 0x0fff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x7fff, 0x8000, 0xefff, 0xf000, 0xf001, 0xffff
  };

  @Test
  void allPatternsBecomeTheFloatsThatNumPyMakesOfThem() {
    ByteBuffer floats = ByteBuffer.allocate(PATTERNS * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < PATTERNS; bits++) {
      float value = Float16.toFloat((short) bits);
      floats.putFloat(Float.isNaN(value) ? 0 : value);
    }
    assertThat(Sha256.of(floats.flip()).hex())
        .isEqualTo("faa6d965574036872b0d39a42d1f8bee361d5be92b1e718155a69556a5abacdd");
  }

  @Test
  void floatsOfEveryMagnitudeAreRoundedAsNumPyRoundsThem() {
    ByteBuffer halves =
        ByteBuffer.allocate(LOW_BITS.length * PATTERNS * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int low : LOW_BITS) {
      for (int high = 0; high < PATTERNS; high++) {
        float value = Float.intBitsToFloat((high << 16) | low);
        halves.putShort(Float.isNaN(value) ? 0 : Float16.fromFloat(value));
      }
    }
    assertThat(Sha256.of(halves.flip()).hex())
        .isEqualTo("35ac73c95600025f9288286f7f285670a59a6271b041d92590ddff48d6e1f7f7");
  }

  @Test
  void notANumberStaysOne() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      float value = Float16.toFloat((short) bits);
      assertThat(Float.isNaN(value)).isEqualTo((bits & 0x7FFF) > 0x7C00);
      short back = Float16.fromFloat(value);
      assertThat(Float.isNaN(value) ? Float.isNaN(Float16.toFloat(back)) : back == (short) bits)
          .isTrue();
    }
    float signalling = Float.intBitsToFloat(0x7F800001);
    assertThat(Float16.toFloat(Float16.fromFloat(signalling))).isNaN();
  }
}
