package dev.retort.data;

import dev.retort.provenance.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * SHA-256 over samples as values: each field is preceded by its length, so it depends on the
 * content alone and not on how a file encodes it. Not thread safe.
 */
final class SampleDigest {
  private final SampleSchema schema;
  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  SampleDigest(SampleSchema schema) {
    this.schema = schema;
  }

  /** Adds inputs and label, which are what makes two samples equal. */
  void addContent(Sample sample) {
    for (ByteBuffer input : sample.inputs()) {
      addBytes(input);
    }
    if (schema.labelled()) {
      addInt(sample.label());
    }
  }

  /** Adds inputs, label and id. */
  void add(Sample sample) {
    addContent(sample);
    if (schema.identified()) {
      addBytes(ByteBuffer.wrap(sample.id().getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** The digest of what was added since the last call. */
  byte[] finish() {
    return digest.digest();
  }

  private void addBytes(ByteBuffer bytes) {
    addInt(bytes.remaining());
    digest.update(bytes.duplicate());
  }

  private void addInt(int value) {
    word.putInt(0, value);
    digest.update(word.array());
  }
}
