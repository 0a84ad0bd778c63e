package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.tensor.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorWriterTest {
  @ParameterizedTest
  @CsvSource({
    "UINT8, 0, 255, 256",
    "UINT8, 0, 255, -1",
    "INT8, -128, 127, 128",
    "UINT16, 0, 65535, 65536",
    "INT16, -32768, 32767, -32769",
    "INT32, -2147483648, 2147483647, 2147483648",
    "BOOL, 0, 1, 2"
  })
  void integersMustLieInTheRangeOfTheType(ElementType type, long least, long most, long outside)
      throws BadSampleException {
    TensorWriter writer = writer(type, 2);
    writer.put(least);
    writer.put(most);
    assertThat(writer.finish().remaining()).isEqualTo(type.bits() / 4);

    writer.begin();
    assertThatThrownBy(() -> writer.put(outside))
        .isInstanceOf(BadSampleException.class)
        .hasMessage("x[0] is %d, must be %d to %d".formatted(outside, least, most));
  }

  @Test
  void floatsMustBeFiniteAndFit() throws BadSampleException {
    TensorWriter single = writer(ElementType.FLOAT32, 1);
    assertThatThrownBy(() -> single.put(Double.NaN)).hasMessage("x[0] is NaN, must be finite");
    assertThatThrownBy(() -> single.put(1e300)).hasMessageContaining("in the range of FLOAT32");
    assertThatThrownBy(() -> writer(ElementType.FLOAT16, 1).put(65_520.0))
        .hasMessageContaining("in the range of FLOAT16");
    single.put(0.1);
    assertThat(little(single.finish()).getFloat()).isEqualTo(0.1f);
    TensorWriter wide = writer(ElementType.FLOAT64, 1);
    wide.put(7L);
    assertThat(little(wide.finish()).getDouble()).isEqualTo(7.0);
  }

  @Test
  void wholeNumbersMayComeAsFloats() throws BadSampleException {
    TensorWriter writer = writer(ElementType.INT64, 1);
    assertThatThrownBy(() -> writer.put(1.5)).hasMessage("x[0] is 1.5, must be a whole number");
    writer.put(3.0);
    assertThat(little(writer.finish()).getLong()).isEqualTo(3);
  }

  @Test
  void textHoldsNumbersInAnyCommonForm() throws BadSampleException {
    TensorWriter writer = writer(ElementType.INT16, 6);
    writer.putText("[[1, 2], [3,-4]]; 5\t6.0");
    ByteBuffer bytes = little(writer.finish());
    assertThat(new short[] {bytes.getShort(6), bytes.getShort(10)}).containsExactly(-4, 6);

    writer.begin();
    assertThatThrownBy(() -> writer.putText("1 two"))
        .hasMessage("x[1] is \"two\", must be a number");
  }

  @Test
  void theNumberOfValuesMustBeThatOfTheShape() throws BadSampleException {
    TensorWriter writer = writer(ElementType.UINT8, 2);
    writer.put(1);
    assertThatThrownBy(writer::finish).hasMessage("x has 1 values, must have 2 ([2])");
    writer.put(2);
    assertThatThrownBy(() -> writer.put(3))
        .hasMessage("x has more than 2 values, must have 2 ([2])");
  }

  @Test
  void tensorsMustHaveTheRightLengthAndFiniteValues() {
    TensorWriter writer = writer(ElementType.FLOAT32, 2);
    assertThatThrownBy(() -> writer.putTensor(ByteBuffer.allocate(7)))
        .hasMessage("x has 7 bytes, must have 8 (FLOAT32[2])");
    ByteBuffer tensor = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    tensor.putFloat(4, Float.POSITIVE_INFINITY);
    assertThatThrownBy(() -> writer.putTensor(tensor))
        .hasMessage("x[1] is Infinity, must be finite");
    TensorWriter half = writer(ElementType.FLOAT16, 1);
    assertThatThrownBy(() -> half.putTensor(ByteBuffer.wrap(new byte[] {0, 0x7E})))
        .hasMessage("x[0] is NaN, must be finite");
  }

  private static TensorWriter writer(ElementType type, long size) {
    return new TensorWriter(InputSpec.of("x", "x", type, size));
  }

  private static ByteBuffer little(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }
}
