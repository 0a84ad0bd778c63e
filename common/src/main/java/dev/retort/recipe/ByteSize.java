package dev.retort.recipe;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512 MB}: kB, MB and GB are powers of 1,000, KiB, MiB and GiB
 * of 1,024.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}) ?(B|kB|MB|GB|KiB|MiB|GiB)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "B", 1L,
          "kB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30);

  /** The size that {@code text} names, if it has that form. */
  public static Optional<ByteSize> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(new ByteSize(Long.parseLong(matcher.group(1)) * UNITS.get(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** In the largest unit that divides it, such as {@code 2 GB}. */
  @Override
  public String toString() {
    return UNITS.entrySet().stream()
        .filter(unit -> bytes % unit.getValue() == 0 && bytes >= unit.getValue())
        .max(Map.Entry.<String, Long>comparingByValue(Comparator.naturalOrder()))
        .map(unit -> bytes / unit.getValue() + " " + unit.getKey())
        .orElse(bytes + " B");
  }
}
