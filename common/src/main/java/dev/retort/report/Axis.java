package dev.retort.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A linear scale from values to percent of a chart's width. */
record Axis(double low, double high) {
  private static final double[] STEPS = {1, 2, 5, 10};

  Axis {
    if (!(low < high)) {
      double margin = Math.max(Math.abs(low) * 0.01, 1e-6);
      low -= margin;
      high += margin;
    }
  }

  /** The scale with {@code fraction} of its length more at both ends. */
  Axis widened(double fraction) {
    double margin = (high - low) * fraction;
    return new Axis(low - margin, high + margin);
  }

  /** Where {@code value} is, 0 to 100, cut at the ends. */
  double position(double value) {
    return 100 * Math.min(1, Math.max(0, (value - low) / (high - low)));
  }

  /** {@link #position} as CSS. */
  String css(double value) {
    return percent(position(value));
  }

  /** Round values to write along the scale, about {@code wanted} of them. */
  List<Double> ticks(int wanted) {
    double rough = (high - low) / wanted;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = 10 * power;
    for (double each : STEPS) {
      if (each * power >= rough) {
        step = each * power;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  static String percent(double percent) {
    return String.format(Locale.ROOT, "%.2f%%", percent);
  }
}
