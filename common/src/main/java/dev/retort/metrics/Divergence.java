package dev.retort.metrics;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;

/**
 * How far a candidate's logits are from a reference's on the same samples: agreement of the called
 * classes, the mean Kullback-Leibler divergence {@code KL(reference || candidate) = sum p ln(p /
 * q)} of the softmaxes in nats, and the mean cosine of the logits.
 *
 * <p>Sums are doubles in stored order: make one state a shard and merge them by the project's fixed
 * tree over shard groups, then the bits do not depend on partitions. Softmaxes are computed in
 * double through log-sum-exp with the maximum taken out; the error of a sample's divergence is
 * below 10^-13 for logits under 1,000. A logit that is NaN or infinite makes its sample's
 * divergence and cosine NaN, and the means with it. The cosine with a row of zeros is 0. Immutable.
 *
 * @param samples how many samples
 * @param agreeing samples where both call the same class
 * @param divergenceSum sum of the divergences, nats
 * @param cosineSum sum of the cosines
 */
public record Divergence(long samples, long agreeing, double divergenceSum, double cosineSum) {
  /** No sample yet: the identity of {@link #merge}. */
  public static final Divergence EMPTY = new Divergence(0, 0, 0, 0);

  private static final int BYTES = 4 * Long.BYTES;

  /**
   * The state of one block.
   *
   * @param reference logits {@code [classes]} a sample
   * @param candidate logits of the same samples in the same order
   * @throws IllegalArgumentException if the blocks differ in samples or classes
   */
  public static Divergence of(SampleBlock reference, SampleBlock candidate) {
    Logits expected = Logits.of(reference);
    Logits actual = Logits.of(candidate);
    if (expected.samples() != actual.samples() || expected.classes() != actual.classes()) {
      throw new IllegalArgumentException("logits %s against %s".formatted(reference, candidate));
    }
    float[] p = new float[expected.classes()];
    float[] q = new float[expected.classes()];
    long agreeing = 0;
    double divergence = 0;
    double cosine = 0;
    for (int sample = 0; sample < expected.samples(); sample++) {
      expected.read(sample, p);
      actual.read(sample, q);
      agreeing += Logits.argMax(p) == Logits.argMax(q) ? 1 : 0;
      divergence += divergence(p, q);
      cosine += cosine(p, q);
    }
    return new Divergence(expected.samples(), agreeing, divergence, cosine);
  }

  /** Reads what {@link #toBytes} wrote. */
  public static Divergence of(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    return new Divergence(from.getLong(), from.getLong(), from.getDouble(), from.getDouble());
  }

  /** The state of the samples of both, this one's first. */
  public Divergence merge(Divergence other) {
    return new Divergence(
        samples + other.samples,
        agreeing + other.agreeing,
        divergenceSum + other.divergenceSum,
        cosineSum + other.cosineSum);
  }

  /** The fraction of samples where both call the same class; NaN without samples. */
  public double agreement() {
    return (double) agreeing / samples;
  }

  /** Mean KL(reference || candidate) in nats; NaN without samples. */
  public double meanDivergence() {
    return divergenceSum / samples;
  }

  /** Mean cosine of the logits; NaN without samples. */
  public double meanCosine() {
    return cosineSum / samples;
  }

  /** The canonical bytes. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(samples)
        .putLong(agreeing)
        .putDouble(divergenceSum)
        .putDouble(cosineSum)
        .array();
  }

  private static double divergence(float[] reference, float[] candidate) {
    double referenceLog = logSumExp(reference);
    double candidateLog = logSumExp(candidate);
    double sum = 0;
    for (int i = 0; i < reference.length; i++) {
      double logP = reference[i] - referenceLog;
      double logQ = candidate[i] - candidateLog;
      sum += StrictMath.exp(logP) * (logP - logQ);
    }
    return sum;
  }

  private static double logSumExp(float[] logits) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit - greatest);
    }
    return greatest + StrictMath.log(sum);
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    double norms = Math.sqrt(squaresA) * Math.sqrt(squaresB);
    return norms == 0 ? 0 : dot / norms;
  }
}
