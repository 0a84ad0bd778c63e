package dev.retort.jobs.run;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** JSON that ends with its own hash, so that a reader sees whether it is whole. */
final class Sealed {
  private static final String LABEL = "sha256 ";
  private static final int SEAL_LENGTH = LABEL.length() + 64 + 1;

  private Sealed() {}

  /** The JSON of {@code value} and a last line with the hash of all before. */
  static byte[] seal(Object value) {
    String text = Json.write(value);
    return (text + LABEL + Sha256.of(text) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Whether the bytes are exactly what {@link #seal} made of some value. */
  static boolean isWhole(byte[] bytes) {
    return body(new String(bytes, StandardCharsets.UTF_8)).isPresent();
  }

  /** The value; empty if the bytes are not exactly what {@link #seal} made of a {@code type}. */
  static <T> Optional<T> open(byte[] bytes, Class<T> type) {
    try {
      return body(new String(bytes, StandardCharsets.UTF_8)).map(json -> Json.read(json, type));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  private static Optional<String> body(String text) {
    int end = text.length() - SEAL_LENGTH;
    return end >= 0 && text.substring(end).equals(LABEL + Sha256.of(text.substring(0, end)) + "\n")
        ? Optional.of(text.substring(0, end))
        : Optional.empty();
  }
}
