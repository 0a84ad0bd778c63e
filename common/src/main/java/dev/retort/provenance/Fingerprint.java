package dev.retort.provenance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * The identity of a stage's result: SHA-256 over the stage's name and version, its settings and the
 * content hashes of its inputs.
 *
 * <p>Fields are sorted by name and each is length-prefixed, so that neither order nor concatenation
 * can make two different inputs alike. The result files of equal fingerprints are interchangeable.
 */
public final class Fingerprint {
  private final String stage;
  private final int version;
  private final Map<String, String> fields = new TreeMap<>();

  private Fingerprint(String stage, int version) {
    this.stage = stage;
    this.version = version;
  }

  /**
   * Begins the fingerprint of {@code stage}, whose results changed their meaning {@code version}
   * times.
   */
  public static Fingerprint of(String stage, int version) {
    return new Fingerprint(stage, version);
  }

  /**
   * Adds a setting by its printed form.
   *
   * @throws IllegalArgumentException if the name is taken
   */
  public Fingerprint with(String name, Object value) {
    if (fields.putIfAbsent(name, String.valueOf(value)) != null) {
      throw new IllegalArgumentException("fingerprint field " + name + " given twice");
    }
    return this;
  }

  /** The stage that it was begun for. */
  public String stage() {
    return stage;
  }

  /** The digest of what was added so far. */
  public Sha256 sha256() {
    MessageDigest digest = Sha256.digest();
    update(digest, stage);
    update(digest, Integer.toString(version));
    fields.forEach(
        (name, value) -> {
          update(digest, name);
          update(digest, value);
        });
    return Sha256.of(digest);
  }

  private static void update(MessageDigest digest, String field) {
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }
}
