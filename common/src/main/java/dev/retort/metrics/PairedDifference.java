package dev.retort.metrics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/**
 * The difference of two classifiers' accuracy on the same samples: a 2 x 2 table of who was right.
 *
 * <p>Immutable counts, so {@link #merge} is exact in any order.
 *
 * @param bothRight samples that both call right
 * @param onlyReference samples that only the reference calls right
 * @param onlyCandidate samples that only the candidate calls right
 * @param bothWrong samples that both call wrong
 */
public record PairedDifference(
    long bothRight, long onlyReference, long onlyCandidate, long bothWrong) {
  /** No sample yet: the identity of {@link #merge}. */
  public static final PairedDifference EMPTY = new PairedDifference(0, 0, 0, 0);

  /** The 97.5 % quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  /** An interval of differences, as fractions of 1. */
  public record Interval(double low, double high) {}

  /** The table of one block; {@code labels} as in {@link Confusion#of(SampleBlock, IntBuffer)}. */
  public static PairedDifference of(
      SampleBlock reference, SampleBlock candidate, IntBuffer labels) {
    Logits expected = Logits.of(reference);
    Logits actual = Logits.of(candidate);
    if (expected.samples() != actual.samples() || labels.remaining() != actual.samples()) {
      throw new IllegalArgumentException("blocks of different samples or labels");
    }
    float[] row = new float[expected.classes()];
    float[] otherRow = new float[actual.classes()];
    long[] table = new long[4];
    for (int sample = 0; sample < expected.samples(); sample++) {
      expected.read(sample, row);
      actual.read(sample, otherRow);
      int label = labels.get(labels.position() + sample);
      int referenceWrong = Logits.argMax(row) == label ? 0 : 2;
      int candidateWrong = Logits.argMax(otherRow) == label ? 0 : 1;
      table[referenceWrong + candidateWrong]++;
    }
    return new PairedDifference(table[0], table[1], table[2], table[3]);
  }

  /** Reads what {@link #toBytes} wrote. */
  public static PairedDifference of(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    return new PairedDifference(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /** The table of the samples of both. */
  public PairedDifference merge(PairedDifference other) {
    return new PairedDifference(
        bothRight + other.bothRight,
        onlyReference + other.onlyReference,
        onlyCandidate + other.onlyCandidate,
        bothWrong + other.bothWrong);
  }

  public long samples() {
    return bothRight + onlyReference + onlyCandidate + bothWrong;
  }

  /** Accuracy of the candidate minus that of the reference, a fraction; NaN without samples. */
  public double difference() {
    return (double) (onlyCandidate - onlyReference) / samples();
  }

  /**
   * The 95 % interval of {@link #difference}: Newcombe's square-and-add of the two Wilson intervals
   * with the continuity-corrected correlation (R. G. Newcombe, Improved confidence intervals for
   * the difference between binomial proportions based on paired data, Statistics in Medicine 17
   * (1998) 2635-2650, method 10). Unlike Wald's it keeps its coverage when few samples differ. NaN
   * without samples.
   */
  public Interval interval() {
    double n = samples();
    double candidate = (bothRight + onlyCandidate) / n;
    double reference = (bothRight + onlyReference) / n;
    Interval ofCandidate = wilson(candidate, n);
    Interval ofReference = wilson(reference, n);
    double correlation = correlation();
    double low =
        squareAndAdd(candidate - ofCandidate.low, ofReference.high - reference, correlation);
    double high =
        squareAndAdd(ofCandidate.high - candidate, reference - ofReference.low, correlation);
    return new Interval(difference() - low, difference() + high);
  }

  /** The canonical bytes. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(4 * Long.BYTES)
        .putLong(bothRight)
        .putLong(onlyReference)
        .putLong(onlyCandidate)
        .putLong(bothWrong)
        .array();
  }

  private static double squareAndAdd(double first, double second, double correlation) {
    double squares = first * first - 2 * correlation * first * second + second * second;
    return Math.sqrt(Math.max(squares, 0));
  }

  /** Newcombe's phi: the correlation of the table, its numerator drawn towards 0 by n / 2. */
  private double correlation() {
    double margins =
        (double) (bothRight + onlyReference)
            * (onlyCandidate + bothWrong)
            * ((double) (bothRight + onlyCandidate) * (onlyReference + bothWrong));
    if (margins == 0) {
      return 0;
    }
    double numerator = (double) bothRight * bothWrong - (double) onlyReference * onlyCandidate;
    double corrected = numerator > 0 ? Math.max(numerator - samples() / 2.0, 0) : numerator;
    return corrected / Math.sqrt(margins);
  }

  /** Wilson's score interval of a proportion. */
  private static Interval wilson(double proportion, double n) {
    double centre = proportion + Z * Z / (2 * n);
    double half = Z * Math.sqrt(proportion * (1 - proportion) / n + Z * Z / (4 * n * n));
    double scale = 1 + Z * Z / n;
    return new Interval((centre - half) / scale, (centre + half) / scale);
  }
}
