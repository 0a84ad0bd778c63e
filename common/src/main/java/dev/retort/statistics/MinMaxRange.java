package dev.retort.statistics;

/** From the least to the greatest value that was seen. */
record MinMaxRange() implements RangeEstimator {
  @Override
  public String name() {
    return "minmax";
  }

  @Override
  public String meaning() {
    return "all that was seen";
  }

  @Override
  public Range range(Distribution distribution, int bits) {
    return new Range(distribution.minimum(), distribution.maximum()).withZero();
  }
}
