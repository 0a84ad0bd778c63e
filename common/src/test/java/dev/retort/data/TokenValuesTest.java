package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Blocks are filled so that a value is its flat index. */
class TokenValuesTest {
  private static final TokenSequences TEXTS = Texts.ofLengths(Texts.input(9), 1, 3, 2, 3);
  private final TokenValues values = new TokenValues();

  @Test
  void rowsOfPaddingAreLeftOut() {
    Batch batch = BatchOrder.of(TEXTS, 4, Padding.LONGEST).batch(0);

    assertThat(of(batch, block(Dims.of(3, 2), 4), List.of(0)))
        .containsExactly(
            "2 x [3x2]: 0 1 2 3 4 5 6 7 8 9 10 11", "1 x [2x2]: 12 13 14 15", "1 x [1x2]: 18 19");
  }

  @Test
  void rowsAndColumnsOfPaddingAreLeftOut() {
    Batch batch = BatchOrder.of(TEXTS, 4, Padding.LONGEST).batch(0);

    assertThat(of(batch, block(Dims.of(2, 3, 3), 4), List.of(1, 2)))
        .hasSize(3)
        .contains("1 x [2x2x2]: 36 37 39 40 45 46 48 49", "1 x [2x1x1]: 54 63");
  }

  @Test
  void textsOfOneLengthAreTakenTogetherWhereTheyAreNeighbours() {
    Batch batch = BatchOrder.of(TEXTS, 4, Padding.MAX_LENGTH).batch(0);

    assertThat(of(batch, block(Dims.of(9), 4), List.of(0)))
        .containsExactly("1 x [1]: 0", "1 x [3]: 9 10 11", "1 x [2]: 18 19", "1 x [3]: 27 28 29");
  }

  @Test
  void outputsWithoutPaddingAreGivenWhole() {
    Batch batch = BatchOrder.of(TEXTS, 4, Padding.LONGEST).batch(0);

    assertThat(of(batch, block(Dims.of(2), 4), List.of()))
        .containsExactly("4 x [2]: 0 1 2 3 4 5 6 7");
  }

  private List<String> of(Batch batch, SampleBlock block, List<Integer> axes) {
    List<String> seen = new ArrayList<>();
    values.forEach(batch, block, axes, given -> seen.add(text(given)));
    return seen;
  }

  private static String text(SampleBlock block) {
    StringBuilder text = new StringBuilder(block.samples() + " x " + block.sampleDims() + ":");
    FloatBuffer floats = block.bytes().asFloatBuffer();
    while (floats.hasRemaining()) {
      text.append(' ').append((int) floats.get());
    }
    return text.toString();
  }

  private static SampleBlock block(Dims dims, int samples) {
    int elements = (int) dims.elementCount() * samples;
    ByteBuffer bytes = AlignedBuffers.allocate(elements * Float.BYTES);
    for (int i = 0; i < elements; i++) {
      bytes.putFloat(i);
    }
    return new SampleBlock(ElementType.FLOAT32, dims, samples, bytes.flip());
  }
}
