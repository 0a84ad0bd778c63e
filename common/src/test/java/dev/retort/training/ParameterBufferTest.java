package dev.retort.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParameterBufferTest {
  @Test
  void slicesAreAlignedDirectAndDoNotOverlap() {
    ParameterBuffer buffer = new ParameterBuffer(RandomBuffers.layout());
    for (int i = 0; i < 4; i++) {
      ByteBuffer slice = buffer.slice(i);
      assertThat(slice.isDirect()).isTrue();
      assertThat(slice.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(slice.remaining()).isEqualTo(4 * buffer.layout().parameters().get(i).size());
      assertThat(slice.hasRemaining() && !AlignedBuffers.isAligned(slice)).isFalse();
      while (slice.hasRemaining()) {
        assertThat(slice.getFloat(slice.position())).isZero();
        slice.putFloat(i + 1);
      }
    }
    assertThat(buffer.slice("a").getFloat(56)).isEqualTo(1);
    assertThat(buffer.slice("b").getFloat(0)).isEqualTo(2);
    assertThat(buffer.slice("a.bias").getFloat(24)).isEqualTo(4);
    assertThat(buffer.layout().size()).isEqualTo(15 + 5050 + 7);
    assertThat(buffer.layout().length()).isEqualTo(16 + 5056 + 16);
  }

  @Test
  void aSliceIsAViewOfTheBuffer() {
    ParameterBuffer buffer = new ParameterBuffer(RandomBuffers.layout());
    buffer.slice("b").putFloat(8, 3);
    assertThat(buffer.values().get(16 + 2)).isEqualTo(3);
    buffer.clear();
    assertThat(buffer.slice("b").getFloat(8)).isZero();
  }

  @Test
  void canonicalBytesAreHashAndValuesWithoutPadding() throws IOException {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(
                new Parameter("x", Dims.of(2), DecayGroup.EXEMPT),
                new Parameter("y", Dims.scalar(), DecayGroup.EXEMPT)));
    ParameterBuffer buffer = new ParameterBuffer(layout);
    buffer.slice("x").putFloat(0, 1).putFloat(4, -2);
    buffer.slice("y").putFloat(0, 0.5f);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StateWriter writer = new StateWriter(out);
    buffer.write(writer);
    ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.remaining()).isEqualTo(8 + 64 + 12);
    assertThat(bytes.getLong(0)).isEqualTo(64);
    assertThat(bytes.getFloat(72)).isEqualTo(1);
    assertThat(bytes.getFloat(76)).isEqualTo(-2);
    assertThat(bytes.getFloat(80)).isEqualTo(0.5f);
    assertThat(writer.hash()).isEqualTo(Sha256.of(out.toByteArray())).isEqualTo(buffer.hash());
  }

  @Test
  void whatWasWrittenIsReadBack() throws IOException {
    ParameterBuffer buffer = RandomBuffers.of(RandomBuffers.layout(), new Random(1));
    ParameterBuffer back = new ParameterBuffer(RandomBuffers.layout());
    back.read(reader(bytes(buffer)));
    assertThat(back.hash()).isEqualTo(buffer.hash());
    assertThat(back.slice("b")).isEqualTo(buffer.slice("b"));
  }

  @Test
  void aCopyIsIndependent() {
    ParameterBuffer buffer = RandomBuffers.of(RandomBuffers.layout(), new Random(1));
    ParameterBuffer copy = buffer.copy();
    Sha256 before = copy.hash();
    buffer.clear();
    assertThat(copy.hash()).isEqualTo(before).isNotEqualTo(buffer.hash());
  }

  @Test
  void bytesOfAnotherLayoutAreRefused() throws IOException {
    byte[] bytes = bytes(new ParameterBuffer(RandomBuffers.layout()));
    ParameterBuffer other =
        new ParameterBuffer(
            new ParameterLayout(List.of(new Parameter("a", Dims.of(3), DecayGroup.EXEMPT))));
    assertThatThrownBy(() -> other.read(reader(bytes)))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContaining("Cannot resume training: the layout of parameters in old is");
  }

  @Test
  void bytesThatEndTooEarlyAreRefused() throws IOException {
    byte[] bytes = bytes(new ParameterBuffer(RandomBuffers.layout()));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThatThrownBy(() -> new ParameterBuffer(RandomBuffers.layout()).read(reader(cut)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("old ends too early");
  }

  @Test
  void namesAreDistinct() {
    Parameter parameter = new Parameter("a", Dims.of(3), DecayGroup.EXEMPT);
    assertThatThrownBy(() -> new ParameterLayout(List.of(parameter, parameter)))
        .hasMessageContaining("two parameters are named a");
    assertThatThrownBy(() -> RandomBuffers.layout().index("z"))
        .hasMessageContaining("no parameter is named z");
  }

  @Test
  void moreThanTwoGigabytesAreRefused() {
    Parameter half = new Parameter("half", Dims.of(1 << 28), DecayGroup.EXEMPT);
    Parameter other = new Parameter("other", Dims.of(1 << 28), DecayGroup.EXEMPT);
    assertThatThrownBy(() -> new ParameterLayout(List.of(half, other)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its parameters up to other are 536870912 values");
    assertThat(new ParameterLayout(List.of(half)).length()).isEqualTo(1 << 28);
  }

  @Test
  void decayIsNoPartOfALayoutsMeaning() {
    Parameter decayed = WeightDecay.of(0.1).parameter("w", Dims.of(2, 2));
    Parameter exempt = new Parameter("w", Dims.of(2, 2), DecayGroup.EXEMPT);
    assertThat(new ParameterLayout(List.of(decayed)).hash())
        .isEqualTo(new ParameterLayout(List.of(exempt)).hash());
    assertThat(new ParameterLayout(List.of(WeightDecay.of(0).parameter("w", Dims.of(4)))).hash())
        .isNotEqualTo(new ParameterLayout(List.of(exempt)).hash());
  }

  private static StateReader reader(byte[] bytes) {
    return new StateReader(new ByteArrayInputStream(bytes), "old");
  }

  private static byte[] bytes(ParameterBuffer buffer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    buffer.write(new StateWriter(out));
    return out.toByteArray();
  }
}
