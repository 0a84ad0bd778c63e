package dev.retort.training.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.data.Layout;
import dev.retort.error.UserError;
import dev.retort.provenance.Seed;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Chains of augmentations, and mixes. */
class AugmentedViewTest {
  private static final Seed SEED = new Seed(11);
  private static final Dims DIMS = Dims.of(2, 6, 5);
  private static final List<Augmentation> CHAIN =
      List.of(
          new ShiftImage(2, 0, Layout.AS_MODEL),
          new FlipImage(0.5, FlipImage.Direction.LEFT_RIGHT, Layout.AS_MODEL),
          new CutOut(2, 0, Layout.AS_MODEL));
  private static final SampleBlock IMAGE = AugmentationTest.pixels(DIMS, new Random(1));

  @Test
  void viewZeroIsTheSampleAsItIs() {
    assertThat(view(0, CHAIN, 5)).isEqualTo(IMAGE.bytes());
  }

  @Test
  void aViewIsTheSameWheneverItIsAskedFor() {
    AugmentedView view = new AugmentedView(SEED, 3, CHAIN);
    SampleBlock target = AugmentationTest.empty(IMAGE);
    for (int sample : List.of(9, 2, 7, 2, 9)) {
      view.apply(sample, IMAGE, target);
      assertThat(target.bytes()).isEqualTo(view(3, CHAIN, sample));
    }
  }

  @Test
  void viewsSamplesAndSeedsDiffer() {
    Set<ByteBuffer> all = new HashSet<>();
    for (int view = 1; view <= 10; view++) {
      for (int sample = 0; sample < 10; sample++) {
        all.add(view(view, CHAIN, sample));
      }
    }
    // 25 shifts, 2 flips and 30 squares, a fifth of which fall into the gap of a shift and do not
    // show: two views are alike once in 770, so of 100 about 6 repeat, with a deviation of 2.5.
    assertThat(all.size()).isGreaterThan(80);
    SampleBlock other = AugmentationTest.empty(IMAGE);
    new AugmentedView(new Seed(12), 1, CHAIN).apply(0, IMAGE, other);
    assertThat(other.bytes()).isNotEqualTo(view(1, CHAIN, 0));
  }

  @Test
  void augmentationsRunInTheirOrderEachWithItsOwnStream() {
    for (int sample = 0; sample < 20; sample++) {
      ByteBuffer two = view(2, CHAIN.subList(0, 2), sample);
      SampleBlock between = new SampleBlock(ElementType.UINT8, DIMS, 1, two);
      SampleBlock three = AugmentationTest.empty(IMAGE);
      long key = SEED.derive("augmentation", 2, 2).value();
      CHAIN.get(2).apply(between, three, SampleRandom.of(key, sample));
      assertThat(view(2, CHAIN, sample)).isEqualTo(three.bytes());
    }
  }

  @Test
  void anEmptyChainCopies() {
    assertThat(view(4, List.of(), 1)).isEqualTo(IMAGE.bytes());
  }

  @Test
  void mixesHavePartnersFromTheShardOtherThanThemselves() {
    Mixup mixup = new Mixup(SEED, 1, 0.4);
    Set<Integer> partners = new HashSet<>();
    for (int number = 0; number < 500; number++) {
      Mixup.Mix mix = mixup.mix(number, 3, 8);
      assertThat(mix).isEqualTo(new Mixup(SEED, 1, 0.4).mix(number, 3, 8));
      assertThat(mix.partner()).isBetween(0, 7).isNotEqualTo(3);
      assertThat(mix.weight()).isBetween(0.0, 1.0);
      partners.add(mix.partner());
    }
    assertThat(partners).hasSize(7);
  }

  @Test
  void viewZeroAndALoneSampleAreNotMixed() {
    assertThat(new Mixup(SEED, 0, 0.4).mix(5, 3, 8)).isEqualTo(new Mixup.Mix(3, 1));
    assertThat(new Mixup(SEED, 1, 0.4).mix(5, 0, 1)).isEqualTo(new Mixup.Mix(0, 1));
  }

  @Test
  void blendingIsAWeightedSum() {
    SampleBlock a = floats(1, -2, 8);
    SampleBlock b = floats(3, 2, 0);
    SampleBlock mixed = AugmentationTest.empty(a);
    Mixup.blend(a, b, 0.75, mixed);
    assertThat(mixed.bytes().getFloat(0)).isCloseTo(1.5f, within(0f));
    assertThat(mixed.bytes().getFloat(4)).isCloseTo(-1f, within(0f));
    assertThat(mixed.bytes().getFloat(8)).isCloseTo(6f, within(0f));
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> new Mixup(SEED, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("mixup's alpha is 0.0, must be in (0, 1e6]");
    assertThatThrownBy(() -> new AugmentedView(SEED, -1, CHAIN)).hasMessageContaining("view -1");
  }

  private static ByteBuffer view(long view, List<Augmentation> chain, long sample) {
    SampleBlock target = AugmentationTest.empty(IMAGE);
    new AugmentedView(SEED, view, chain).apply(sample, IMAGE, target);
    return target.bytes();
  }

  private static SampleBlock floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new SampleBlock(ElementType.FLOAT32, Dims.of(values.length), 1, bytes.flip());
  }
}
