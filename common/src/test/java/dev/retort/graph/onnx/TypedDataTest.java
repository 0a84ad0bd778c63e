package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The typed fields of a tensor, as the comments of the format say. */
class TypedDataTest {
  private static final Source SOURCE = new Source("test", Optional.of(Path.of(".")), List.of());

  @Test
  void floatsAndDoublesHaveFieldsOfTheirOwn() {
    assertThat(decode(tensor(ElementType.FLOAT32, 2).addFloatData(1.5f).addFloatData(-2)))
        .isEqualTo(Tensor.ofFloats(Dims.of(2), 1.5f, -2));
    assertThat(decode(tensor(ElementType.FLOAT64, 1).addDoubleData(0.1)).bytes().getDouble())
        .isEqualTo(0.1);
  }

  @Test
  void aComplexNumberIsTwoElements() {
    Tensor single = decode(tensor(ElementType.COMPLEX64, 1).addFloatData(1).addFloatData(2));
    assertThat(single.bytes().getFloat(4)).isEqualTo(2);
    Tensor twice = decode(tensor(ElementType.COMPLEX128, 1).addDoubleData(1).addDoubleData(2));
    assertThat(twice.bytes().getDouble(8)).isEqualTo(2);
  }

  @Test
  void int64AndUnsignedTypesOf32BitsAndMoreHaveFieldsOfTheirOwn() {
    assertThat(decode(tensor(ElementType.INT64, 1).addInt64Data(-7)).toLongs()).containsExactly(-7);
    assertThat(decode(tensor(ElementType.UINT64, 1).addUint64Data(-1)).toLongs())
        .containsExactly(-1);
    assertThat(decode(tensor(ElementType.UINT32, 1).addUint64Data(0xFFFF_FFFFL)).toLongs())
        .containsExactly(0xFFFF_FFFFL);
  }

  @Test
  void smallIntegersAndHalvesShareTheFieldOfInt32() {
    assertThat(decode(tensor(ElementType.INT32, 1).addInt32Data(-3)).toLongs()).containsExactly(-3);
    assertThat(decode(tensor(ElementType.INT16, 1).addInt32Data(-3)).toLongs()).containsExactly(-3);
    assertThat(decode(tensor(ElementType.UINT16, 1).addInt32Data(65535)).toLongs())
        .containsExactly(65535);
    assertThat(decode(tensor(ElementType.INT8, 1).addInt32Data(-3)).toLongs()).containsExactly(-3);
    assertThat(decode(tensor(ElementType.UINT8, 1).addInt32Data(255)).toLongs())
        .containsExactly(255);
    assertThat(decode(tensor(ElementType.BOOL, 2).addInt32Data(1).addInt32Data(0)).toLongs())
        .containsExactly(1, 0);
    assertThat(decode(tensor(ElementType.FLOAT16, 1).addInt32Data(0x3C00)).toFloats())
        .containsExactly(1f);
    assertThat(decode(tensor(ElementType.BFLOAT16, 1).addInt32Data(0x3F80)).bytes().getShort())
        .isEqualTo((short) 0x3F80);
    assertThat(decode(tensor(ElementType.FLOAT8E5M2, 1).addInt32Data(0x3C)).bytes().get())
        .isEqualTo((byte) 0x3C);
  }

  @Test
  void packedFourBitElementsAreOneIntegerAByte() {
    Tensor packed = decode(tensor(ElementType.INT4, 3).addInt32Data(0x21).addInt32Data(0x03));
    assertThat(packed.bytes().getShort()).isEqualTo((short) 0x0321);
  }

  @Test
  void stringsAreText() {
    TensorProto.Builder strings =
        tensor(ElementType.STRING, 2)
            .addStringData(ByteString.copyFromUtf8("a"))
            .addStringData(ByteString.copyFromUtf8("\u00fc"));
    assertThat(decode(strings)).isEqualTo(Tensor.ofStrings(Dims.of(2), "a", "\u00fc"));
  }

  @Test
  void anEmptyTensorNeedsNoData() {
    assertThat(decode(tensor(ElementType.FLOAT32, 0)).byteLength()).isZero();
  }

  @Test
  void largeDataIsNotOnTheHeap() {
    TensorProto.Builder large = tensor(ElementType.FLOAT32, 20_000);
    for (int i = 0; i < 20_000; i++) {
      large.addFloatData(i);
    }
    Tensor tensor = decode(large);
    assertThat(tensor.bytes().isDirect()).isTrue();
    assertThat(tensor.toFloats()[19_999]).isEqualTo(19_999);
  }

  private static Tensor decode(TensorProto.Builder proto) {
    return TensorCodec.decode(SOURCE, proto.build());
  }

  private static TensorProto.Builder tensor(ElementType type, long size) {
    return TensorProto.newBuilder().setName("t").setDataType(type.number()).addDims(size);
  }
}
