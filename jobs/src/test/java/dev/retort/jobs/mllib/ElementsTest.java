package dev.retort.jobs.mllib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.BadSampleException;
import dev.retort.tensor.ElementType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class ElementsTest {

  @Test
  void eachTypeKeepsItsValues() throws BadSampleException {
    assertThat(through(ElementType.FLOAT32, 0.1f)).isEqualTo(0.1f);
    assertThat(through(ElementType.FLOAT64, 0.1)).isEqualTo(0.1);
    assertThat(through(ElementType.FLOAT16, 0.5f)).isEqualTo(0.5f);
    assertThat(through(ElementType.BFLOAT16, -3f)).isEqualTo(-3f);
    assertThat(through(ElementType.INT8, (byte) -7)).isEqualTo((byte) -7);
    assertThat(through(ElementType.UINT8, (short) 200)).isEqualTo((short) 200);
    assertThat(through(ElementType.INT16, (short) -300)).isEqualTo((short) -300);
    assertThat(through(ElementType.INT32, Integer.MIN_VALUE)).isEqualTo(Integer.MIN_VALUE);
    assertThat(through(ElementType.INT64, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(through(ElementType.BOOL, true)).isEqualTo(true);
    assertThat(through(ElementType.BOOL, 0)).isEqualTo(false);
  }

  @Test
  void floatsAreRoundedToTheNearestWithTiesToEven() throws BadSampleException {
    assertThat(through(ElementType.FLOAT32, 0.1)).isEqualTo(0.1f);
    assertThat(through(ElementType.FLOAT32, (1L << 24) + 1)).isEqualTo(0x1p24f);
    assertThat(through(ElementType.BFLOAT16, 0x1.01p0f)).isEqualTo(1f);
    assertThat(through(ElementType.BFLOAT16, 0x1.03p0f)).isEqualTo(0x1.04p0f);
    assertThat(through(ElementType.BFLOAT16, Float.NaN)).isEqualTo(Float.NaN);
    assertThat(through(ElementType.BFLOAT16, Float.NEGATIVE_INFINITY))
        .isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void wholeNumbersMayComeAsFloats() throws BadSampleException {
    assertThat(through(ElementType.INT64, -12.0)).isEqualTo(-12L);
    assertThat(through(ElementType.UINT8, 255f)).isEqualTo((short) 255);
    assertThat(through(ElementType.INT32, new BigDecimal("7"))).isEqualTo(7);
  }

  @Test
  void whatIsNoValueOfTheTypeIsRefused() {
    assertRefused(ElementType.INT64, 0.5, "holds 0.5, must hold whole numbers");
    assertRefused(ElementType.INT64, 0x1p63, "must hold whole numbers");
    assertRefused(ElementType.INT32, Double.NaN, "holds NaN, must hold whole numbers");
    assertRefused(ElementType.UINT8, 256, "holds 256, must hold 0 to 255");
    assertRefused(ElementType.INT8, -129, "holds -129, must hold -128 to 127");
    assertRefused(ElementType.INT16, 1 << 15, "must hold -32768 to 32767");
    assertRefused(ElementType.BOOL, 2, "holds 2, must hold 0 to 1");
    assertRefused(ElementType.FLOAT32, null, "holds null");
    assertRefused(ElementType.FLOAT32, "x", "holds x");
  }

  @Test
  void columnsHaveTheTypeOfTheElements() {
    assertThat(Elements.dataType(ElementType.BFLOAT16)).isEqualTo(DataTypes.FloatType);
    assertThat(Elements.dataType(ElementType.UINT8)).isEqualTo(DataTypes.ShortType);
    assertThat(Elements.dataType(ElementType.BOOL)).isEqualTo(DataTypes.BooleanType);
    assertThat(Elements.isSupported(ElementType.STRING)).isFalse();
    for (ElementType type : ElementType.values()) {
      assertThat(!Elements.isSupported(type) || Elements.dataType(type) != null).isTrue();
    }
  }

  /** The value at place 1, behind another of the same. */
  private static Object through(ElementType type, Object value) throws BadSampleException {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    Elements.put(value, type, bytes);
    Elements.put(value, type, bytes);
    assertThat(bytes.position()).isEqualTo(2 * type.bits() / Byte.SIZE);
    return Elements.get(type, bytes, 1);
  }

  private static void assertRefused(ElementType type, Object value, String message) {
    assertThatThrownBy(() -> through(type, value))
        .isInstanceOf(BadSampleException.class)
        .hasMessageContaining(message);
  }
}
