package dev.retort.provenance;

import java.io.Serializable;
import java.util.Random;

/** Seeds derived from one another, so that each use of randomness has a stream of its own. */
public record Seed(long value) implements Serializable {

  /** The seed of {@code purpose} with index {@code indices}: the first 8 bytes of a SHA-256. */
  public Seed derive(String purpose, long... indices) {
    Fingerprint fingerprint =
        Fingerprint.of("seed", 1).with("seed", value).with("purpose", purpose);
    for (int i = 0; i < indices.length; i++) {
      fingerprint.with("index-" + i, indices[i]);
    }
    return new Seed(Long.parseUnsignedLong(fingerprint.sha256().prefix(16), 16));
  }

  /** A generator whose sequence {@link Random} specifies, hence the same on every JDK. */
  public Random random() {
    return new Random(value);
  }
}
