package dev.retort.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Confusion, divergence and paired difference as mergeable values. */
class MetricsTest {
  private static final int CLASSES = 5;

  @Test
  void emptyIsTheIdentityOfMerging() {
    SampleBlock logits = logits(1, 20);
    Confusion confusion = Confusion.of(logits, labels(2, 20));
    assertThat(Confusion.empty(CLASSES).merge(confusion)).isEqualTo(confusion);
    assertThat(confusion.merge(Confusion.empty(CLASSES))).isEqualTo(confusion);
    assertThat(Confusion.empty(3).accuracy()).isNaN();
    assertThat(Confusion.empty(3).macroF1()).isNaN();
    Divergence divergence = Divergence.of(logits, logits(3, 20));
    assertThat(Divergence.EMPTY.merge(divergence)).isEqualTo(divergence);
    assertThat(Divergence.EMPTY.meanDivergence()).isNaN();
    PairedDifference paired = PairedDifference.of(logits, logits(3, 20), labels(2, 20));
    assertThat(PairedDifference.EMPTY.merge(paired)).isEqualTo(paired);
    assertThat(PairedDifference.EMPTY.difference()).isNaN();
  }

  @Test
  void oneSampleIsRightOrWrong() {
    SampleBlock logits = block(3, 0.5f, 2, -1);
    assertThat(Confusion.of(logits, IntBuffer.wrap(new int[] {1})).accuracy()).isEqualTo(1);
    Confusion wrong = Confusion.of(logits, IntBuffer.wrap(new int[] {2}));
    assertThat(wrong.accuracy()).isZero();
    assertThat(wrong.count(2, 1)).isEqualTo(1);
    PairedDifference paired =
        PairedDifference.of(logits, block(3, 1, 0, 0), IntBuffer.wrap(new int[] {1}));
    assertThat(paired).isEqualTo(new PairedDifference(0, 1, 0, 0));
    assertThat(paired.difference()).isEqualTo(-1);
  }

  /**
   * Labels 0 0 1 1 2 2, called 0 1 1 1 0 2, of which scikit-learn's {@code f1_score(average=None)}
   * is 1/2, 4/5, 2/3; class 3 of the logits does not occur and is left out.
   */
  @Test
  void macroF1LeavesOutClassesThatOccurNowhere() {
    int[] called = {0, 1, 1, 1, 0, 2};
    float[] logits = new float[6 * 4];
    for (int i = 0; i < 6; i++) {
      logits[i * 4 + called[i]] = 1;
    }
    Confusion confusion =
        Confusion.of(block(4, logits), IntBuffer.wrap(new int[] {0, 0, 1, 1, 2, 2}));
    assertThat(confusion.macroF1()).isCloseTo((1 / 2.0 + 4 / 5.0 + 2 / 3.0) / 3, within(1e-15));
    assertThat(confusion.accuracy()).isEqualTo(4 / 6.0);
    assertThat(confusion.samples()).isEqualTo(6);
  }

  /** A class that is called but never right counts as 0. */
  @Test
  void macroF1CountsAClassThatIsOnlyCalledWrongly() {
    Confusion confusion = Confusion.of(block(2, 1, 0, 0, 1), IntBuffer.wrap(new int[] {0, 0}));
    assertThat(confusion.macroF1()).isCloseTo((2 / 3.0 + 0) / 2, within(1e-15));
  }

  /**
   * {@code scipy.stats.entropy(softmax(p), softmax(q))} and {@code 1 -
   * scipy.spatial.distance.cosine(p, q)} of scipy 1.17 for p = (1, 2, 3, -4, 0.5), q = (1.5, 2,
   * 2.5, -3, 1).
   */
  @Test
  void divergenceAndCosineAgreeWithScipy() {
    Divergence divergence =
        Divergence.of(block(5, 1, 2, 3, -4, 0.5f), block(5, 1.5f, 2, 2.5f, -3, 1));
    assertThat(divergence.meanDivergence()).isCloseTo(0.07395523696663214, within(1e-14));
    assertThat(divergence.meanCosine()).isCloseTo(0.9774312767793173, within(1e-14));
    assertThat(divergence.agreement()).isEqualTo(1);
  }

  @Test
  void equalLogitsDoNotDivergeHoweverLarge() {
    Divergence divergence = Divergence.of(block(2, 3e38f, -3e38f), block(2, 3e38f, -3e38f));
    assertThat(divergence.meanDivergence()).isZero();
    Divergence zeros = Divergence.of(block(2, 0, 0), block(2, 0, 0));
    assertThat(zeros.meanCosine()).isZero();
    assertThat(zeros.agreement()).isEqualTo(1);
  }

  @Test
  void notANumberIsNeverCalledAndMakesTheDivergenceNotANumber() {
    SampleBlock damaged = block(3, Float.NaN, 1, 0);
    assertThat(Confusion.of(damaged, IntBuffer.wrap(new int[] {1})).accuracy()).isEqualTo(1);
    assertThat(Divergence.of(damaged, block(3, 0, 1, 0)).meanDivergence()).isNaN();
  }

  @Test
  void mergedPiecesEqualTheWholeForAnyCut() {
    int samples = 200;
    SampleBlock reference = logits(1, samples);
    SampleBlock candidate = logits(2, samples);
    IntBuffer labels = labels(3, samples);
    Confusion whole = Confusion.of(candidate, labels);
    PairedDifference wholePaired = PairedDifference.of(reference, candidate, labels);
    Divergence wholeDivergence = Divergence.of(reference, candidate);
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Confusion confusion = Confusion.empty(CLASSES);
      PairedDifference paired = PairedDifference.EMPTY;
      Divergence divergence = Divergence.EMPTY;
      for (int from = 0; from < samples; ) {
        int size = Math.min(1 + random.nextInt(70), samples - from);
        SampleBlock a = reference.slice(from, size);
        SampleBlock b = candidate.slice(from, size);
        IntBuffer some = labels.slice(from, size);
        confusion = Confusion.of(b, some).merge(confusion);
        paired = PairedDifference.of(a, b, some).merge(paired);
        divergence = divergence.merge(Divergence.of(a, b));
        from += size;
      }
      assertThat(confusion).isEqualTo(whole).hasSameHashCodeAs(whole);
      assertThat(paired).isEqualTo(wholePaired);
      assertThat(divergence.agreement()).isEqualTo(wholeDivergence.agreement());
      assertThat(divergence.meanDivergence())
          .isCloseTo(wholeDivergence.meanDivergence(), within(1e-12));
      assertThat(divergence.meanCosine()).isCloseTo(wholeDivergence.meanCosine(), within(1e-12));
    }
  }

  @Test
  void bytesRoundTrip() {
    Confusion confusion = Confusion.of(logits(1, 50), labels(2, 50));
    assertThat(Confusion.of(confusion.toBytes())).isEqualTo(confusion);
    Divergence divergence = Divergence.of(logits(1, 50), logits(2, 50));
    assertThat(Divergence.of(divergence.toBytes())).isEqualTo(divergence);
    PairedDifference paired = new PairedDifference(1, 2, 3, 4);
    assertThat(PairedDifference.of(paired.toBytes())).isEqualTo(paired);
  }

  /**
   * Newcombe 1998, table III, method 10, rows 36/12/2/0 and 1/97/1/1; and the airway
   * hyper-responsiveness data 1/1/7/12 of Fagerland, Lydersen and Laake, Recommended tests and
   * confidence intervals for paired binomial proportions, Statistics in Medicine 33 (2014).
   */
  @Test
  void intervalsAgreeWithPublishedOnes() {
    assertInterval(new PairedDifference(36, 2, 12, 0), 0.0569, 0.3404);
    assertInterval(new PairedDifference(1, 1, 97, 1), 0.8737, 0.9850);
    assertInterval(new PairedDifference(1, 7, 1, 12), -0.5069, -0.0256);
  }

  @Test
  void modelsThatNeverDifferHaveAnIntervalAroundZero() {
    PairedDifference.Interval interval = new PairedDifference(53, 0, 0, 1).interval();
    assertThat(interval.low()).isCloseTo(-interval.high(), within(1e-15)).isNegative();
  }

  @Test
  void labelsOutsideTheClassesAreRefused() {
    assertThatThrownBy(() -> Confusion.of(block(2, 0, 1), IntBuffer.wrap(new int[] {2})))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot evaluate: label of sample 0 is 2, must be 0 to 1; check the label column");
  }

  @Test
  void blocksThatDoNotBelongTogetherAreRefused() {
    assertThatThrownBy(() -> Confusion.of(block(2, 0, 1), IntBuffer.allocate(2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Divergence.of(block(2, 0, 1), block(1, 0, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> PairedDifference.of(block(2, 0, 1), block(1, 0, 1), IntBuffer.allocate(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Confusion.empty(2).merge(Confusion.empty(3)))
        .isInstanceOf(IllegalArgumentException.class);
    SampleBlock bytes =
        new SampleBlock(ElementType.UINT8, Dims.of(2), 1, ByteBuffer.allocateDirect(2));
    assertThatThrownBy(() -> Divergence.of(bytes, bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertInterval(PairedDifference paired, double low, double high) {
    assertThat(paired.interval().low()).isCloseTo(low, within(5.1e-5));
    assertThat(paired.interval().high()).isCloseTo(high, within(5.1e-5));
  }

  private static SampleBlock block(int classes, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new SampleBlock(ElementType.FLOAT32, Dims.of(classes), values.length / classes, bytes);
  }

  private static SampleBlock logits(long seed, int samples) {
    Random random = new Random(seed);
    float[] values = new float[samples * CLASSES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 3;
    }
    return block(CLASSES, values);
  }

  private static IntBuffer labels(long seed, int samples) {
    return IntBuffer.wrap(new Random(seed).ints(samples, 0, CLASSES).toArray());
  }
}
