package dev.retort.training.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retort.data.Layout;
import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.SampleBlock;
import dev.retort.training.PytorchReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each augmentation alone. */
class AugmentationTest {
  private static final Dims PLANES = Dims.of(2, 6, 5);
  private static final Dims PIXELS = Dims.of(6, 5, 2);

  @Test
  void aShiftMovesAllChannelsAlikeAndFillsTheGap() {
    SampleBlock image = pixels(PLANES, new Random(1));
    Set<List<Integer>> shifts = new HashSet<>();
    for (int sample = 0; sample < 200; sample++) {
      SampleBlock moved = run(new ShiftImage(2, 9, Layout.AS_MODEL), image, sample);
      List<Integer> shift = shiftOf(image, moved, 9);
      assertThat(shift).isNotEmpty();
      shifts.add(shift);
    }
    assertThat(shifts).hasSize(25);
  }

  @Test
  void aFlipMirrorsColumnsOrRows() {
    SampleBlock image = pixels(PLANES, new Random(2));
    SampleBlock mirrored =
        run(new FlipImage(1, FlipImage.Direction.LEFT_RIGHT, Layout.AS_MODEL), image, 0);
    SampleBlock turned =
        run(new FlipImage(1, FlipImage.Direction.UP_DOWN, Layout.AS_MODEL), image, 0);
    for (int c = 0; c < 2; c++) {
      for (int y = 0; y < 6; y++) {
        for (int x = 0; x < 5; x++) {
          assertThat(at(mirrored, c, y, x)).isEqualTo(at(image, c, y, 4 - x));
          assertThat(at(turned, c, y, x)).isEqualTo(at(image, c, 5 - y, x));
        }
      }
    }
  }

  @Test
  void aFlipHappensWithItsProbability() {
    SampleBlock image = pixels(PLANES, new Random(3));
    FlipImage flip = new FlipImage(0.25, FlipImage.Direction.LEFT_RIGHT, Layout.AS_MODEL);
    long flipped =
        IntStream.range(0, 2000)
            .filter(i -> !run(flip, image, i).bytes().equals(image.bytes()))
            .count();
    // Five standard errors of a binomial count.
    assertThat(flipped).isCloseTo(500, within(97L));
  }

  @Test
  void aCropIsScaledAsPytorchScales() {
    JsonNode crop = PytorchReference.part("crop");
    List<Float> image = PytorchReference.floats(crop.get("image"));
    SampleBlock source = floats(PLANES, image);
    SampleBlock target = empty(source);
    ImageGrid grid = ImageGrid.of(PLANES, Layout.AS_MODEL);
    CropImage.Window window = new CropImage.Window(1, 2, 4, 3);
    CropImage.resize(grid, Elements.of(source), window, Elements.of(target));
    List<Float> expected = PytorchReference.floats(crop.get("resized"));
    for (int i = 0; i < expected.size(); i++) {
      // PyTorch's float32 weights against double ones, on values up to 255.
      assertThat(target.bytes().getFloat(4 * i)).isCloseTo(expected.get(i), within(2e-4f));
    }
  }

  @Test
  void aCropOfTheWholeImageIsTheImage() {
    SampleBlock image = pixels(PLANES, new Random(4));
    assertThat(run(new CropImage(1, Layout.AS_MODEL), image, 3).bytes()).isEqualTo(image.bytes());
  }

  @Test
  void aCropStaysWithinTheImagesRange() {
    SampleBlock image = pixels(PLANES, new Random(5));
    Set<ByteBuffer> crops = new HashSet<>();
    for (int sample = 0; sample < 50; sample++) {
      SampleBlock cropped = run(new CropImage(0.1, Layout.AS_MODEL), image, sample);
      assertThat(max(cropped)).isLessThanOrEqualTo(max(image));
      crops.add(cropped.bytes());
    }
    // Half of the crops have one of the 5 largest windows, which repeat; the others have 38 places.
    assertThat(crops.size()).isGreaterThan(15);
  }

  @Test
  void aCutOutBlanksOneSquareInAllChannels() {
    SampleBlock image = pixels(PLANES, new Random(6));
    Set<List<Integer>> squares = new HashSet<>();
    for (int sample = 0; sample < 300; sample++) {
      SampleBlock cut = run(new CutOut(3, 0, Layout.AS_MODEL), image, sample);
      List<Integer> blank = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        boolean blanked = cut.bytes().get(i) == 0;
        assertThat(cut.bytes().get(30 + i)).isEqualTo(blanked ? 0 : image.bytes().get(30 + i));
        assertThat(cut.bytes().get(i)).isEqualTo(blanked ? 0 : image.bytes().get(i));
        if (blanked) {
          blank.add(i);
        }
      }
      int width = (int) blank.stream().map(i -> i % 5).distinct().count();
      int height = (int) blank.stream().map(i -> i / 5).distinct().count();
      assertThat(blank).hasSize(width * height);
      assertThat(width).isBetween(2, 3);
      assertThat(height).isBetween(2, 3);
      squares.add(blank);
    }
    assertThat(squares).hasSize(30);
  }

  @Test
  void theLayoutOfAnImageDoesNotMatter() {
    SampleBlock planes = pixels(PLANES, new Random(7));
    SampleBlock last = channelsLast(planes);
    Layout layout = Layout.AS_MODEL;
    for (int sample = 0; sample < 20; sample++) {
      assertSame(
          new ShiftImage(2, 7, layout),
          new ShiftImage(2, 7, Layout.CHANNELS_LAST),
          sample,
          planes,
          last);
      assertSame(
          new CropImage(0.3, layout),
          new CropImage(0.3, Layout.CHANNELS_LAST),
          sample,
          planes,
          last);
      assertSame(
          new CutOut(3, 7, layout), new CutOut(3, 7, Layout.CHANNELS_LAST), sample, planes, last);
      assertSame(
          new FlipImage(0.5, FlipImage.Direction.UP_DOWN, layout),
          new FlipImage(0.5, FlipImage.Direction.UP_DOWN, Layout.CHANNELS_LAST),
          sample,
          planes,
          last);
    }
  }

  @Test
  void anImageWithoutChannelAxisIsOnePlane() {
    SampleBlock plane = pixels(Dims.of(1, 6, 5), new Random(8));
    SampleBlock bare = new SampleBlock(ElementType.UINT8, Dims.of(6, 5), 1, plane.bytes());
    Augmentation shift = new ShiftImage(2, 0, Layout.AS_MODEL);
    assertThat(run(shift, bare, 4).bytes()).isEqualTo(run(shift, plane, 4).bytes());
  }

  @Test
  void jitterAddsNoiseOfItsDeviation() {
    SampleBlock series = floats(Dims.of(20_000), Collections.nCopies(20_000, 5f));
    SampleBlock noisy = run(new JitterSeries(0.5), series, 1);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 20_000; i++) {
      double noise = noisy.bytes().getFloat(4 * i) - 5;
      sum += noise;
      squares += noise * noise;
    }
    // Five standard errors.
    assertThat(sum / 20_000).isCloseTo(0, within(0.018));
    assertThat(squares / 20_000).isCloseTo(0.25, within(0.0125));
  }

  @Test
  void scalingGivesEachChannelOneFactor() {
    Dims dims = Dims.of(3, 8);
    SampleBlock series = floats(dims, randomFloats(24, new Random(9)));
    SampleBlock scaled = run(new ScaleSeries(0.3, TimeAxis.LAST), series, 2);
    Set<Integer> factors = new HashSet<>();
    for (int channel = 0; channel < 3; channel++) {
      double factor = (double) number(scaled, 8 * channel) / number(series, 8 * channel);
      factors.add((int) (factor * 1e6));
      for (int step = 0; step < 8; step++) {
        assertThat((double) number(scaled, 8 * channel + step))
            .isCloseTo(factor * number(series, 8 * channel + step), within(1e-6));
      }
    }
    assertThat(factors).hasSize(3);
  }

  @Test
  void aTimeShiftMovesAllChannelsAndRepeatsTheEdge() {
    SampleBlock first = floats(Dims.of(6, 2), randomFloats(12, new Random(10)));
    Set<Integer> shifts = new HashSet<>();
    for (int sample = 0; sample < 100; sample++) {
      SampleBlock moved = run(new ShiftSeries(2, TimeAxis.FIRST), first, sample);
      int[] found =
          IntStream.rangeClosed(-2, 2)
              .filter(
                  shift ->
                      IntStream.range(0, 12)
                          .allMatch(
                              i -> {
                                int step = Math.max(0, Math.min(5, i / 2 - shift));
                                return number(moved, i) == number(first, 2 * step + i % 2);
                              }))
              .toArray();
      assertThat(found).hasSize(1);
      shifts.add(found[0]);
    }
    assertThat(shifts).hasSize(5);
  }

  @Test
  void maskingReplacesTokensButTheKeptOnes() {
    int[] ids = new int[5_000];
    Arrays.setAll(ids, i -> i % 50 == 0 ? 101 : 1000 + i);
    SampleBlock text = ints(ids);
    SampleBlock masked = run(new MaskTokens(0.1, 103, Set.of(101)), text, 1);
    int count = 0;
    for (int i = 0; i < ids.length; i++) {
      int id = masked.bytes().getInt(4 * i);
      assertThat(id == ids[i] || (id == 103 && ids[i] != 101)).isTrue();
      count += id == 103 ? 1 : 0;
    }
    // Five standard errors of a binomial count.
    assertThat(count).isCloseTo(490, within(105));
  }

  @Test
  void integersAreRoundedAndBounded() {
    ByteBuffer bytes = ByteBuffer.allocate(8);
    Elements pixel = Elements.of(ElementType.UINT8, bytes);
    pixel.put(0, 254.5);
    pixel.put(1, 300);
    pixel.put(2, -3);
    assertThat(List.of(pixel.at(0), pixel.at(1), pixel.at(2))).containsExactly(254.0, 255.0, 0.0);
    for (ElementType type :
        List.of(
            ElementType.INT8,
            ElementType.UINT16,
            ElementType.INT16,
            ElementType.INT32,
            ElementType.FLOAT16,
            ElementType.FLOAT32,
            ElementType.FLOAT64)) {
      Elements elements = Elements.of(type, ByteBuffer.allocate(16));
      elements.put(1, 100.25);
      assertThat(elements.at(1)).isEqualTo(type.isFloat() ? 100.25 : 100);
      assertThat(elements.at(0)).isZero();
    }
    Elements half = Elements.of(ElementType.FLOAT16, ByteBuffer.allocate(2));
    half.put(0, 0.1);
    assertThat(half.at(0)).isEqualTo(Float16.toFloat(Float16.fromFloat(0.1f)));
  }

  @Test
  void samplesThatCannotBeChangedAreRefused() {
    SampleBlock text = ints(1, 2, 3, 4);
    SampleBlock image = pixels(PLANES, new Random(1));
    assertRefused(
        () -> run(new CutOut(1, 0, Layout.AS_MODEL), text, 0), "their dimensions are [4], must be");
    assertRefused(
        () -> run(new MaskTokens(0.1, 1, Set.of()), image, 0),
        "samples are of UINT8, must be token ids of INT32");
    SampleBlock number = floats(Dims.scalar(), List.of(1f));
    assertRefused(() -> run(new ShiftSeries(1, TimeAxis.LAST), number, 0), "each is one number");
    assertRefused(
        () -> Elements.of(ElementType.INT64, ByteBuffer.allocate(8)), "their type is INT64");
  }

  @Test
  void badSettingsAreRefused() {
    assertRefused(() -> new ShiftImage(-1, 0, Layout.AS_MODEL), "the shift is -1.0, must be 0");
    assertRefused(
        () -> new FlipImage(1.5, FlipImage.Direction.UP_DOWN, Layout.AS_MODEL),
        "the probability of a flip is 1.5, must be 0 to 1");
    assertRefused(() -> new CropImage(0, Layout.AS_MODEL), "the least area of a crop is 0.0");
    assertRefused(() -> new CutOut(0, 0, Layout.AS_MODEL), "the side of a cut-out is 0.0");
    assertRefused(() -> new JitterSeries(-1), "the deviation of jitter is -1.0");
    assertRefused(() -> new ScaleSeries(Double.NaN, TimeAxis.LAST), "the deviation of scaling");
    assertRefused(() -> new ShiftSeries(-1, TimeAxis.LAST), "the shift is -1.0");
    assertRefused(
        () -> new MaskTokens(-0.1, 1, Set.of()), "the probability of a masked token is -0.1");
  }

  static SampleBlock pixels(Dims dims, Random random) {
    ByteBuffer bytes = ByteBuffer.allocate((int) dims.elementCount());
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) (10 + random.nextInt(110)));
    }
    return new SampleBlock(ElementType.UINT8, dims, 1, bytes);
  }

  static SampleBlock empty(SampleBlock like) {
    return new SampleBlock(
        like.type(), like.sampleDims(), 1, ByteBuffer.allocate(like.sampleBytes()));
  }

  private static SampleBlock run(Augmentation augmentation, SampleBlock source, int sample) {
    SampleBlock target = empty(source);
    ByteBuffer before = ByteBuffer.allocate(source.sampleBytes()).put(source.bytes().duplicate());
    augmentation.apply(source, target, SampleRandom.of(42, sample));
    assertThat(source.bytes()).isEqualTo(before.flip());
    return target;
  }

  private static void assertSame(
      Augmentation first, Augmentation second, int sample, SampleBlock planes, SampleBlock last) {
    assertThat(channelsLast(run(first, planes, sample)).bytes())
        .isEqualTo(run(second, last, sample).bytes());
  }

  private static SampleBlock channelsLast(SampleBlock planes) {
    ByteBuffer bytes = ByteBuffer.allocate(60);
    for (int c = 0; c < 2; c++) {
      for (int pixel = 0; pixel < 30; pixel++) {
        bytes.put(pixel * 2 + c, planes.bytes().get(c * 30 + pixel));
      }
    }
    return new SampleBlock(planes.type(), PIXELS, 1, bytes);
  }

  /** The one shift that explains {@code moved}, empty if none does. */
  private static List<Integer> shiftOf(SampleBlock image, SampleBlock moved, int fill) {
    for (int down = -2; down <= 2; down++) {
      for (int right = -2; right <= 2; right++) {
        if (isShifted(image, moved, fill, down, right)) {
          return List.of(down, right);
        }
      }
    }
    return List.of();
  }

  private static boolean isShifted(
      SampleBlock image, SampleBlock moved, int fill, int down, int right) {
    for (int i = 0; i < 60; i++) {
      int y = i / 5 % 6 - down;
      int x = i % 5 - right;
      boolean inside = y >= 0 && y < 6 && x >= 0 && x < 5;
      if (moved.bytes().get(i) != (inside ? at(image, i / 30, y, x) : fill)) {
        return false;
      }
    }
    return true;
  }

  private static int at(SampleBlock image, int channel, int y, int x) {
    return image.bytes().get(channel * 30 + y * 5 + x);
  }

  private static int max(SampleBlock image) {
    return IntStream.range(0, 60).map(i -> image.bytes().get(i)).max().orElseThrow();
  }

  private static float number(SampleBlock series, int i) {
    return series.bytes().getFloat(4 * i);
  }

  private static List<Float> randomFloats(int count, Random random) {
    return random.doubles(count, 0.5, 2).mapToObj(v -> (float) v).toList();
  }

  private static SampleBlock floats(Dims dims, List<Float> values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putFloat);
    return new SampleBlock(ElementType.FLOAT32, dims, 1, bytes.flip());
  }

  private static SampleBlock ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(bytes::putInt);
    return new SampleBlock(ElementType.INT32, Dims.of(values.length), 1, bytes.flip());
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot ")
        .hasMessageContaining(message);
  }
}
