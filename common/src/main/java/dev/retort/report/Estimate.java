package dev.retort.report;

/** A value with its 95 % confidence interval, in the value's unit. */
public record Estimate(double value, double low, double high) {
  /** The 97.5 % quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  public Estimate {
    if (!(low <= value && value <= high)) {
      throw new IllegalArgumentException(value + " is outside of " + low + " to " + high);
    }
  }

  /**
   * The share {@code part} of {@code whole} with Wilson's score interval (E. B. Wilson, JASA 22
   * (1927) 209-212).
   *
   * @throws IllegalArgumentException if {@code whole} is 0
   */
  public static Estimate ofShare(long part, long whole) {
    double share = (double) part / whole;
    double z2 = Z * Z / whole;
    double centre = (share + z2 / 2) / (1 + z2);
    double half = Math.sqrt(share * (1 - share) * z2 + z2 * z2 / 4) / (1 + z2);
    return new Estimate(share, Math.min(centre - half, share), Math.max(centre + half, share));
  }
}
