package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes a teacher's logits, shard by shard in stored order, as Parquet with one row group a shard.
 * Full: {@code logits}, float32. Top-k: {@code values}, binary16 relative to the largest logit;
 * {@code indices}, uint16 or, above 65,536 classes, int32; {@code rest}, binary16, the log-sum-exp
 * of the other logits divided by T = 1, 2, 4, 8, relative to the largest. Not thread safe.
 */
public final class SoftLabelWriter implements AutoCloseable {
  private final SoftLabelFormat format;
  private final RowGroupWriter rows;
  private final TopLogits top;
  private final MessageDigest digest = Sha256.digest();
  private final float[] logits;
  private final ByteBuffer full;
  private int samples;

  private SoftLabelWriter(SoftLabelFormat format, RowGroupWriter rows) {
    this.format = format;
    this.rows = rows;
    this.top = format.isFull() ? null : new TopLogits(format);
    this.logits = new float[format.classes()];
    this.full =
        ByteBuffer.allocate(format.isFull() ? format.valueBytes() : 0)
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Creates {@code path}.
   *
   * @throws IOException if it exists or cannot be written
   */
  public static SoftLabelWriter create(FileSystem fileSystem, Path path, SoftLabelFormat format)
      throws IOException {
    MessageType schema = schema(format);
    return new SoftLabelWriter(
        format, RowGroupWriter.create(fileSystem, path, schema, format.metadata()));
  }

  /**
   * Adds the logits of the next samples of the shard.
   *
   * @throws UserError if one is not finite
   */
  public void add(SampleBlock block) throws IOException {
    if (block.type() != ElementType.FLOAT32
        || block.sampleDims().elementCount() != format.classes()) {
      throw new IllegalArgumentException(
          "%s%s is no row of %d logits"
              .formatted(block.type(), block.sampleDims(), format.classes()));
    }
    FloatBuffer values = block.bytes().asFloatBuffer();
    for (int i = 0; i < block.samples(); i++) {
      values.get(logits);
      checkFinite();
      addRow();
    }
  }

  /** Ends the shard of the samples added since the last call. */
  public ShardWriter.Stored endShard() throws IOException {
    ShardWriter.Stored stored =
        new ShardWriter.Stored(rows.endRowGroup(), samples, Sha256.of(digest));
    samples = 0;
    return stored;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private void addRow() throws IOException {
    if (format.isFull()) {
      full.clear().asFloatBuffer().put(logits);
      addBinary(0, full);
    } else {
      top.take(logits);
      addBinary(0, top.values());
      addBinary(1, top.indices());
      addBinary(2, top.rest());
    }
    rows.endRow();
    samples++;
  }

  private void addBinary(int column, ByteBuffer bytes) throws IOException {
    rows.addBinary(column, bytes);
    digest.update(bytes.duplicate());
  }

  private void checkFinite() {
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw UserError.input(
            "Cannot store soft labels: logit %d of sample %d of a shard is %s, must be finite; check the teacher and data.inputs"
                .formatted(i, samples, logits[i]));
      }
    }
  }

  private static MessageType schema(SoftLabelFormat format) {
    Types.MessageTypeBuilder builder = Types.buildMessage();
    for (String column : SoftLabelReader.columns(format)) {
      builder.required(PrimitiveTypeName.BINARY).named(column);
    }
    return builder.named("soft_labels");
  }
}
