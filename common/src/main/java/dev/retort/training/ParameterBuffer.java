package dev.retort.training;

import dev.retort.provenance.Sha256;
import dev.retort.tensor.AlignedBuffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * One float32 value for each value of each parameter, in one aligned direct buffer: weights,
 * gradients, moments or averages. ONNX tensors are made over its {@linkplain #slice slices}, which
 * stay in place as long as this object lives. Confined to one thread at a time.
 */
public final class ParameterBuffer {
  private final ParameterLayout layout;
  private final ByteBuffer bytes;
  private final FloatBuffer values;

  /** All zeros. */
  public ParameterBuffer(ParameterLayout layout) {
    this.layout = layout;
    this.bytes = AlignedBuffers.allocate(layout.length() * Float.BYTES);
    this.values = bytes.asFloatBuffer();
  }

  /** Another buffer with the same values. */
  public ParameterBuffer copy() {
    ParameterBuffer copy = new ParameterBuffer(layout);
    copy.set(this);
    return copy;
  }

  public ParameterLayout layout() {
    return layout;
  }

  /** The values of {@code parameter}: an aligned view, little-endian. */
  public ByteBuffer slice(int parameter) {
    return bytes
        .slice(
            layout.offset(parameter) * Float.BYTES,
            layout.parameters().get(parameter).size() * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** As {@link #slice(int)}, of the parameter {@code name}. */
  public ByteBuffer slice(String name) {
    return slice(layout.index(name));
  }

  /** Takes all values of {@code other}, which has an equal layout. */
  public void set(ParameterBuffer other) {
    requireLayout(other.layout);
    bytes.put(0, other.bytes, 0, bytes.capacity());
  }

  /** Sets all values to 0. */
  public void clear() {
    for (int at = 0; at < bytes.capacity(); at += Long.BYTES) {
      bytes.putLong(at, 0);
    }
  }

  /** The digest of the canonical bytes. */
  public Sha256 hash() {
    StateWriter writer = StateWriter.toDigest();
    try {
      write(writer);
    } catch (IOException e) {
      throw new UncheckedIOException("a digest does not fail", e);
    }
    return writer.hash();
  }

  /**
   * Writes the canonical bytes: the layout's hash, then the values of each parameter in order,
   * little-endian, without padding.
   */
  public void write(StateWriter to) throws IOException {
    to.putText(layout.hash().hex());
    for (int i = 0; i < layout.parameters().size(); i++) {
      to.putBytes(slice(i));
    }
  }

  /**
   * Takes the values that {@link #write} wrote.
   *
   * @throws dev.retort.error.UserError (exit 3) if they are of another layout or cut short
   */
  public void read(StateReader from) throws IOException {
    from.expect("the layout of parameters", layout.hash().hex());
    for (int i = 0; i < layout.parameters().size(); i++) {
      from.bytes(slice(i));
    }
  }

  /** A view of all values, padding included. */
  FloatBuffer values() {
    return values;
  }

  void requireLayout(ParameterLayout other) {
    if (layout != other && !layout.hash().equals(other.hash())) {
      throw new IllegalArgumentException("buffers of two layouts");
    }
  }
}
