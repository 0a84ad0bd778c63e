package dev.retort.jobs.run;

import java.io.Serializable;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The id of one try to produce a chunk or a result, unlike that of any other try on any machine: 11
 * hexadecimal digits of the time in milliseconds, a dash, 16 random ones. It stands in file names
 * only, never in hashed content.
 */
public record Attempt(String id) implements Serializable, Comparable<Attempt> {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{11}-[0-9a-f]{16}");
  private static final SecureRandom RANDOM = new SecureRandom();

  public Attempt {
    if (!FORM.matcher(id).matches()) {
      throw new IllegalArgumentException("not an attempt id: " + id);
    }
  }

  /** A new attempt, later in order than those begun before it on machines of the same time. */
  public static Attempt begin() {
    HexFormat hex = HexFormat.of();
    long now = Clock.systemUTC().millis();
    return new Attempt(hex.toHexDigits(now, 11) + "-" + hex.toHexDigits(RANDOM.nextLong()));
  }

  @Override
  public int compareTo(Attempt other) {
    return id.compareTo(other.id);
  }

  @Override
  public String toString() {
    return id;
  }
}
