package dev.retort.data;

import dev.retort.provenance.Seed;
import dev.retort.provenance.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The place of a sample in the canonical order: first by the 16 bytes that SHA-256 of the user's id
 * begins with (of inputs and label where no id is named), then by SHA-256 of inputs and label.
 *
 * <p>Samples with equal keys are equal, but for their ids' source; they are numbered as they occur.
 */
public final class SampleKey implements Comparable<SampleKey> {
  /** Bytes of a key. */
  public static final int BYTES = 48;

  private static final int ID_BYTES = 16;

  private final byte[] bytes;

  private SampleKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The key of {@code sample}. */
  public static SampleKey of(SampleSchema schema, Sample sample) {
    SampleDigest digest = new SampleDigest(schema);
    digest.addContent(sample);
    byte[] content = digest.finish();
    byte[] first =
        schema.identified()
            ? Sha256.digest().digest(sample.id().getBytes(StandardCharsets.UTF_8))
            : content;
    byte[] bytes = Arrays.copyOf(first, BYTES);
    System.arraycopy(content, 0, bytes, ID_BYTES, content.length);
    return new SampleKey(bytes);
  }

  /** The key that {@link #toBytes} gave. */
  public static SampleKey ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + bytes.length);
    }
    return new SampleKey(bytes.clone());
  }

  /** The key's bytes, whose unsigned order is the order of keys. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** A number that is uniform over samples and independent for each seed: ranks for choices. */
  public long rank(Seed seed) {
    MessageDigest digest = Sha256.digest();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed.value()));
    return ByteBuffer.wrap(digest.digest(bytes)).getLong();
  }

  @Override
  public int compareTo(SampleKey other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SampleKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes, 0, ID_BYTES);
  }
}
