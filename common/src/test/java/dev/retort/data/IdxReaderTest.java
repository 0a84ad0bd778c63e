package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.tensor.ElementType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class IdxReaderTest {
  private static final InputSpec INPUT = InputSpec.of("x", "x", ElementType.UINT8, 2, 2);

  @Test
  void itemsAreReadOneByOne() throws Exception {
    byte[] file = file(0x08, new int[] {3, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255);
    for (byte[] form : new byte[][] {file, zipped(file)}) {
      try (IdxReader reader = open(form)) {
        assertThat(reader.items()).isEqualTo(3);
        assertThat(reader.itemElements()).isEqualTo(4);
        TensorWriter writer = new TensorWriter(INPUT);
        reader.next(writer);
        assertThat(writer.finish()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
        writer.begin();
        reader.next(writer);
        writer.begin();
        reader.next(writer);
        assertThat(writer.finish()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 10, 11, -1}));
      }
    }
  }

  @Test
  void everyElementTypeIsRead() throws Exception {
    assertThat(open(file(0x08, new int[] {1}, 200)).nextInteger()).isEqualTo(200);
    assertThat(open(file(0x09, new int[] {1}, -3)).nextInteger()).isEqualTo(-3);
    assertThat(open(file(0x0B, new int[] {1}, -300)).nextInteger()).isEqualTo(-300);
    assertThat(open(file(0x0C, new int[] {1}, -70_000)).nextInteger()).isEqualTo(-70_000);
    assertThat(open(file(0x0D, new int[] {1}, 5)).nextInteger()).isEqualTo(5);
    assertThat(open(file(0x0E, new int[] {1}, 6)).nextInteger()).isEqualTo(6);
  }

  @Test
  void anItemThatDoesNotFitIsBadAndTheNextIsRead() throws Exception {
    IdxReader reader = open(file(0x0B, new int[] {2, 2, 2}, 1, 2, 300, 4, 5, 6, 7, 8));
    TensorWriter writer = new TensorWriter(INPUT);
    assertThatThrownBy(() -> reader.next(writer))
        .isInstanceOf(BadSampleException.class)
        .hasMessage("x[2] is 300, must be 0 to 255");
    writer.begin();
    reader.next(writer);
    assertThat(writer.finish().get(0)).isEqualTo((byte) 5);
  }

  @Test
  void brokenFilesAreNamed() throws Exception {
    byte[] file = file(0x08, new int[] {2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8);
    IdxReader truncated = open(Arrays.copyOf(file, file.length - 5));
    TensorWriter writer = new TensorWriter(INPUT);
    assertThatThrownBy(() -> truncated.next(writer))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot read f.idx: it ends before its 2 items of 4 elements; get a complete file");
    assertThatThrownBy(() -> open(new byte[] {1, 2, 3, 4, 5}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its first bytes are 01020304, must be those of an IDX file");
    assertThatThrownBy(() -> open(Arrays.copyOf(file, 9)))
        .hasMessageContaining("it ends within its header");
    assertThatThrownBy(() -> open(file(0x08, new int[] {-1})))
        .hasMessageContaining("its dimensions are [-1]");
    assertThatThrownBy(() -> open(file(0x08, new int[] {1, 1 << 30, 1 << 30})))
        .hasMessageContaining("nor make items over 1 GB");
  }

  private static IdxReader open(byte[] bytes) throws IOException {
    return IdxReader.open(new ByteArrayInputStream(bytes), "f.idx");
  }

  private static byte[] file(int type, int[] sizes, int... values) {
    int width =
        switch (type) {
          case 0x08, 0x09 -> 1;
          case 0x0B -> 2;
          case 0x0E -> 8;
          default -> 4;
        };
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + width * values.length);
    bytes.putInt((type << 8) | sizes.length);
    Arrays.stream(sizes).forEach(bytes::putInt);
    for (int value : values) {
      switch (type) {
        case 0x08, 0x09 -> bytes.put((byte) value);
        case 0x0B -> bytes.putShort((short) value);
        case 0x0C -> bytes.putInt(value);
        case 0x0D -> bytes.putFloat(value);
        default -> bytes.putDouble(value);
      }
    }
    return bytes.array();
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }
}
