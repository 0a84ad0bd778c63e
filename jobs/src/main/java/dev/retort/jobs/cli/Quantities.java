package dev.retort.jobs.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them; the same in every locale. */
final class Quantities {
  private Quantities() {}

  /** {@code 1234567} as {@code 1,234,567}. */
  static String grouped(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code 2812345} as {@code 2.81 MB}. */
  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double scaled = bytes;
    int unit = -1;
    while (scaled >= 1_000) {
      scaled /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f %sB", scaled, "kMGTPE".charAt(unit));
  }

  /** 75 seconds as {@code 1 min 15 s}, whole seconds. */
  static String seconds(Duration span) {
    long whole = Math.round(span.toMillis() / 1_000.0);
    return whole < 60 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
  }

  /** Seconds as the pipeline counts them. */
  static String seconds(double seconds) {
    return seconds < 10
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : seconds(Duration.ofMillis(Math.round(seconds * 1_000)));
  }
}
