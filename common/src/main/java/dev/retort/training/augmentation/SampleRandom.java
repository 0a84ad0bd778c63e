package dev.retort.training.augmentation;

/**
 * Random numbers of one sample: SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom
 * number generators, OOPSLA 2014, figure 16), whose start costs nothing, unlike {@link
 * java.util.Random}'s behind a digest. Equal states give equal numbers on any JDK. Not thread safe.
 */
public final class SampleRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double ULP = 0x1p-53;

  private long state;

  SampleRandom(long state) {
    this.state = state;
  }

  /** The numbers of {@code sample} in the stream of {@code key}. */
  static SampleRandom of(long key, long sample) {
    return new SampleRandom(key ^ mixed((sample + 1) * GOLDEN_GAMMA));
  }

  /** 64 uniform bits. */
  public long next() {
    state += GOLDEN_GAMMA;
    return mixed(state);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double uniform() {
    return (double) (next() >>> 11) * ULP;
  }

  /** Uniform among the integers {@code least} to {@code most}. */
  public int between(int least, int most) {
    return least + (int) Math.floor(uniform() * ((double) most - least + 1));
  }

  /** Whether something of {@code probability} happens. */
  public boolean happens(double probability) {
    return uniform() < probability;
  }

  /** Standard normal, by Marsaglia's polar method. */
  public double gaussian() {
    while (true) {
      double x = 2 * uniform() - 1;
      double y = 2 * uniform() - 1;
      double square = x * x + y * y;
      if (square > 0 && square < 1) {
        return x * Math.sqrt(-2 * StrictMath.log(square) / square);
      }
    }
  }

  /** Beta(shape, shape), as the share of one of two gamma variables. */
  public double symmetricBeta(double shape) {
    double first = gamma(shape);
    double second = gamma(shape);
    // Both underflow to 0 only for tiny shapes, whose distribution is nearly a fair coin.
    return first + second > 0 ? first / (first + second) : between(0, 1);
  }

  /**
   * Gamma(shape, 1) (Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS
   * 2000; shapes below 1 by its section 6).
   */
  private double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * StrictMath.pow(1 - uniform(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = gaussian();
      double root = 1 + c * x;
      double v = root * root * root;
      if (v > 0
          && StrictMath.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return d * v;
      }
    }
  }

  private static long mixed(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
