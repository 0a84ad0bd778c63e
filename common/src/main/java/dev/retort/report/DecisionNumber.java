package dev.retort.report;

import java.util.Comparator;
import java.util.Locale;

/** How the numbers of decisions print: their names tell the units. */
enum DecisionNumber {
  BYTES("Bytes", ", bytes"),
  DECIBELS("Decibels", ", dB"),
  FRACTION("Fraction", ""),
  AGREEMENT("Agreement", " agreement"),
  DIVERGENCE("Kl", " KL, nats"),
  MILLIS("Millis", ", ms"),
  PLAIN("", "");

  private static final double LARGEST_WHOLE = 1e15;

  /** The alphabet puts max before min; readers want the range in its order. */
  static final Comparator<String> ORDER =
      Comparator.comparing((String name) -> name.replace("Min", "Mam"));

  private final String suffix;
  private final String unit;

  DecisionNumber(String suffix, String unit) {
    this.suffix = suffix;
    this.unit = unit;
  }

  static DecisionNumber of(String name) {
    for (DecisionNumber each : values()) {
      if (name.endsWith(each.suffix)) {
        return each;
      }
    }
    return PLAIN;
  }

  /** {@code signalToNoiseDecibels} as {@code signal to noise, dB}. */
  static String title(String name) {
    DecisionNumber kind = of(name);
    String bare = name.substring(0, name.length() - kind.suffix.length());
    String words =
        bare.replaceAll("([a-z0-9])([A-Z])", "$1 $2").replace('-', ' ').toLowerCase(Locale.ROOT);
    return words + kind.unit;
  }

  static String print(String name, double value) {
    return switch (of(name)) {
      case FRACTION -> Numbers.share(value);
      case AGREEMENT -> Numbers.percent(value);
      case DECIBELS -> Numbers.fixed(value, 1);
      case BYTES, DIVERGENCE, MILLIS, PLAIN ->
          value == Math.rint(value) && Math.abs(value) < LARGEST_WHOLE
              ? Numbers.exact((long) value)
              : Numbers.significant(value, 3);
    };
  }
}
