package dev.retort.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UnsupportedModelError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorTest {
  @TempDir Path folder;

  @Test
  void floatsComeBackAsTheyWere() {
    Tensor tensor = Tensor.ofFloats(Dims.of(2, 2), 1f, -2f, 3.5f, Float.MIN_VALUE);

    assertThat(tensor.toFloats()).containsExactly(1f, -2f, 3.5f, Float.MIN_VALUE);
    assertThat(tensor.byteLength()).isEqualTo(16);
    assertThat(tensor.toString()).isEqualTo("FLOAT32[2x2]");
  }

  @Test
  void unsignedTypesAreWidened() {
    Tensor bytes = Tensor.ofBytes(ElementType.UINT8, Dims.of(2), (byte) 200, (byte) 1);
    Tensor signed = Tensor.ofBytes(ElementType.INT8, Dims.of(1), (byte) 200);

    assertThat(bytes.toLongs()).containsExactly(200, 1);
    assertThat(signed.toLongs()).containsExactly(-56);
    assertThat(Tensor.ofInts(Dims.of(1), -3).toLongs()).containsExactly(-3);
    assertThat(Tensor.scalar(7L).toLongs()).containsExactly(7);
  }

  @Test
  void dataInAFileEqualsTheSameDataInMemory() throws IOException {
    Path file = folder.resolve("weights.bin");
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, 9).putFloat(4, 1.5f).putFloat(8, -1f);
    Files.write(file, bytes.array());

    Tensor mapped =
        new Tensor(ElementType.FLOAT32, Dims.of(2), new TensorData.FileSlice(file, 4, 8));

    assertThat(mapped).isEqualTo(Tensor.ofFloats(Dims.of(2), 1.5f, -1f));
    assertThat(mapped).isNotEqualTo(Tensor.ofFloats(Dims.of(2), 1.5f, 1f));
    assertThat(mapped.toFloats()).containsExactly(1.5f, -1f);
  }

  @Test
  void lengthMustFitTypeAndDimensions() {
    assertThatThrownBy(() -> Tensor.of(ElementType.INT64, Dims.of(2), ByteBuffer.allocate(15)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs length 16, its data has 15");
    assertThatThrownBy(() -> Tensor.of(ElementType.STRING, Dims.of(2), ByteBuffer.allocate(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void subByteTypesArePacked() {
    assertThat(ElementType.INT4.byteLength(3)).isEqualTo(2);
    assertThat(Tensor.of(ElementType.UINT4, Dims.of(3), ByteBuffer.allocate(2)).elementCount())
        .isEqualTo(3);
  }

  @Test
  void stringsAreKept() {
    Tensor tensor = Tensor.ofStrings(Dims.of(2), "a", "zwei");

    assertThat(tensor.toStrings()).containsExactly("a", "zwei");
    assertThat(tensor).isEqualTo(Tensor.ofStrings(Dims.of(2), "a", "zwei"));
    assertThatThrownBy(tensor::bytes).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Tensor.scalar(1f).toStrings())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everyTypeHasItsOnnxNumber() {
    for (ElementType type : ElementType.values()) {
      assertThat(ElementType.ofNumber(type.number())).isEqualTo(type);
    }
    assertThatThrownBy(() -> ElementType.ofNumber(0))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("element type is 0");
  }

  @Test
  void dimensionsRefuseWhatNoTensorHas() {
    assertThatThrownBy(() -> Dims.of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Dims.of(1L << 40, 1L << 40))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many elements");
    assertThat(Dims.of(3, 4).size(-1)).isEqualTo(4);
    assertThat(Dims.scalar().elementCount()).isEqualTo(1);
  }

  @Test
  void aBlockOfSamplesIsCutWithoutACopy() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6});
    SampleBlock block = new SampleBlock(ElementType.UINT8, Dims.of(2), 3, bytes);

    SampleBlock middle = block.slice(1, 1);
    bytes.put(2, (byte) 9);

    assertThat(middle.samples()).isEqualTo(1);
    assertThat(middle.bytes().get(0)).isEqualTo((byte) 9);
    assertThatThrownBy(() -> new SampleBlock(ElementType.UINT8, Dims.of(2), 4, bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("need 8 bytes, not 6");
  }
}
