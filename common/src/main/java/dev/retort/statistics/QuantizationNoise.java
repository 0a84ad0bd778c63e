package dev.retort.statistics;

/**
 * The mean squared error of a grid for values spread evenly over an interval, in closed form.
 *
 * <p>With {@code t = x / scale}, {@code n = round(t)} and {@code r = t - n}, an antiderivative of
 * the squared rounding error {@code r^2} is {@code n / 12 + r^3 / 3}, as each whole step
 * contributes {@code 1/12}. Beyond the ends the error is the distance to the end.
 */
final class QuantizationNoise {
  /** Narrower intervals, in steps, are points: the closed form would cancel. */
  private static final double NARROW = 1e-3;

  private QuantizationNoise() {}

  /** The mean over {@code [low, high]}, with errors of clipping times {@code clippingWeight}. */
  static double mean(double low, double high, AffineGrid grid, double clippingWeight) {
    double scale = grid.scale();
    double from = low / scale;
    double to = high / scale;
    double bottom = -grid.zeroPoint();
    double top = (double) grid.top() - grid.zeroPoint();
    if (to - from < NARROW) {
      return scale * scale * atPoint((from + to) / 2, bottom, top, clippingWeight);
    }
    double rounded = rounding(clamp(to, bottom, top)) - rounding(clamp(from, bottom, top));
    double clipped =
        beyond(to - top) - beyond(from - top) + beyond(bottom - from) - beyond(bottom - to);
    return scale * scale * (rounded + clippingWeight * clipped) / (to - from);
  }

  private static double atPoint(double t, double bottom, double top, double clippingWeight) {
    double nearest = Math.rint(clamp(t, bottom, top));
    double squared = (t - nearest) * (t - nearest);
    return t < bottom || t > top ? clippingWeight * squared : squared;
  }

  private static double rounding(double t) {
    double nearest = Math.rint(t);
    double rest = t - nearest;
    return nearest / 12 + rest * rest * rest / 3;
  }

  /** The integral of the squared distance up to {@code distance} beyond an end. */
  private static double beyond(double distance) {
    return distance <= 0 ? 0 : distance * distance * distance / 3;
  }

  private static double clamp(double t, double bottom, double top) {
    return Math.min(Math.max(t, bottom), top);
  }
}
