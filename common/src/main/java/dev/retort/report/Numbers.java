package dev.retort.report;

import java.util.Locale;

/** Numbers as the report prints them: three significant digits, units, a true minus sign. */
final class Numbers {
  private static final String[] BYTE_UNITS = {"B", "KB", "MB", "GB", "TB"};
  private static final String[] COUNT_UNITS = {"", " k", " M", " G", " T"};
  private static final double STEP = 1000;

  private Numbers() {}

  /** Decimal units: 1 KB is 1,000 bytes. */
  static String bytes(long bytes) {
    return scaled((double) bytes, BYTE_UNITS, " ");
  }

  /** A count, exact below 10,000. */
  static String count(long count) {
    return count < 10_000
        ? String.format(Locale.ROOT, "%,d", count)
        : scaled((double) count, COUNT_UNITS, "");
  }

  /** A count in full. */
  static String exact(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  static String percent(double fraction) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
  }

  /** A share of 1 that may be very small. */
  static String share(double fraction) {
    double percent = 100 * fraction;
    if (percent == 0) {
      return "0 %";
    }
    return percent < 0.001 ? "< 0.001 %" : significant(percent, 2) + " %";
  }

  /** A difference of fractions, signed, in percentage points. */
  static String points(double fraction) {
    double rounded = Math.round(fraction * 1e4) / 1e2;
    String sign = rounded > 0 ? "+" : rounded < 0 ? "\u2212" : "\u00b1";
    return sign + String.format(Locale.ROOT, "%.2f", Math.abs(rounded));
  }

  /** Up to two decimals, none that say nothing. */
  static String trimmed(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    String trimmed = text.replaceAll("0+$", "").replaceAll("\\.$", "");
    return trimmed.equals("-0") ? "0" : minus(trimmed);
  }

  static String fixed(double value, int decimals) {
    return minus(String.format(Locale.ROOT, "%." + decimals + "f", value));
  }

  static String millis(double millis) {
    return significant(millis, 3) + " ms";
  }

  static String micros(double micros) {
    return micros < STEP ? plain(micros) + " \u00b5s" : millis(micros / STEP);
  }

  /** A ratio of powers; infinite where there is no noise. */
  static String decibels(double decibels) {
    return decibels == Double.POSITIVE_INFINITY ? "without limit" : fixed(decibels, 1) + " dB";
  }

  /** Up to four significant digits, none that say nothing. */
  static String plain(double value) {
    String text = significant(value, 4);
    return text.contains(".") && !text.contains("e")
        ? text.replaceAll("0+$", "").replaceAll("\\.$", "")
        : text;
  }

  static String seconds(double seconds) {
    if (seconds < 60) {
      return significant(seconds, 2) + " s";
    }
    long whole = Math.round(seconds);
    return "%d min %02d s".formatted(whole / 60, whole % 60);
  }

  /** At least {@code digits} significant digits, without an exponent from 0.001 to 10^7. */
  static String significant(double value, int digits) {
    if (!Double.isFinite(value)) {
      return "\u2013";
    }
    double magnitude = Math.abs(value);
    if (magnitude != 0 && (magnitude < 1e-3 || magnitude >= 1e7)) {
      String scientific = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
      return minus(scientific.replaceFirst("e([-+])0", "e$1").replace("e+", "e"));
    }
    int whole = magnitude < 1 ? 0 : (int) Math.floor(Math.log10(magnitude));
    int decimals = magnitude == 0 ? 0 : Math.max(0, digits - 1 - whole + leadingZeros(magnitude));
    return minus(String.format(Locale.ROOT, "%." + decimals + "f", value));
  }

  private static int leadingZeros(double magnitude) {
    return magnitude >= 1 ? 0 : (int) -Math.floor(Math.log10(magnitude));
  }

  private static String minus(String number) {
    return number.startsWith("-") ? "\u2212" + number.substring(1) : number;
  }

  private static String scaled(double value, String[] units, String space) {
    int unit = 0;
    double scaled = value;
    while (scaled >= STEP && unit < units.length - 1) {
      scaled /= STEP;
      unit++;
    }
    String number = unit == 0 ? Long.toString(Math.round(scaled)) : significant(scaled, 3);
    return number + space + units[unit];
  }
}
