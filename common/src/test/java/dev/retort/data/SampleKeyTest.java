package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.provenance.Sha256;
import dev.retort.tensor.ElementType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleKeyTest {
  private static final SampleSchema SCHEMA =
      new SampleSchema(List.of(InputSpec.of("x", "x", ElementType.UINT8, 2)), true, false);
  private static final SampleSchema IDENTIFIED = new SampleSchema(SCHEMA.inputs(), true, true);

  @Test
  void withoutAnIdTheContentIsTheKey() {
    byte[] content = HexFormat.of().parseHex("02000000" + "0a0b" + "03000000");
    byte[] digest = HexFormat.of().parseHex(Sha256.of(content).hex());

    byte[] key = SampleKey.of(SCHEMA, sample(10, 11, 3, "")).toBytes();

    assertThat(Arrays.copyOf(key, 16)).isEqualTo(Arrays.copyOf(digest, 16));
    assertThat(Arrays.copyOfRange(key, 16, 48)).isEqualTo(digest);
  }

  @Test
  void theIdComesBeforeTheContent() {
    SampleKey key = SampleKey.of(IDENTIFIED, sample(10, 11, 3, "row-7"));

    assertThat(key.toString()).isEqualTo(Sha256.of("row-7").prefix(32));
    SampleKey sameId = SampleKey.of(IDENTIFIED, sample(10, 12, 3, "row-7"));
    assertThat(key).isNotEqualTo(sameId);
    assertThat(key.toString()).isEqualTo(sameId.toString());
    assertThat(key).isEqualTo(SampleKey.of(IDENTIFIED, sample(10, 11, 3, "row-7")));
    assertThat(key).hasSameHashCodeAs(SampleKey.ofBytes(key.toBytes()));
  }

  @Test
  void theLabelIsPartOfTheContent() {
    assertThat(SampleKey.of(SCHEMA, sample(1, 2, 3, "")))
        .isNotEqualTo(SampleKey.of(SCHEMA, sample(1, 2, 4, "")));
  }

  @Test
  void keysAreOrderedAsUnsignedBytes() {
    byte[] low = new byte[48];
    byte[] high = new byte[48];
    low[0] = 0x7F;
    high[0] = (byte) 0x80;
    assertThat(SampleKey.ofBytes(low)).isLessThan(SampleKey.ofBytes(high));
    assertThatThrownBy(() -> SampleKey.ofBytes(new byte[3])).hasMessageContaining("not 3");
  }

  private static Sample sample(int a, int b, int label, String id) {
    return new Sample(List.of(ByteBuffer.wrap(new byte[] {(byte) a, (byte) b})), label, id);
  }
}
