package dev.retort.data;

import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * Writes a chunk: a Parquet file with one row group a shard, one binary column a model input
 * (little-endian tensor), {@code label} as int32 and {@code id} as string; zstd, no dictionary.
 *
 * <pre>{@code
 * try (ShardWriter writer = ShardWriter.create(fileSystem, path, schema)) {
 *   samples.forEach(writer::add);
 *   Stored stored = writer.endShard();
 * }
 * }</pre>
 *
 * <p>The file is complete once the writer is closed. Not thread safe.
 */
public final class ShardWriter implements AutoCloseable {
  /**
   * A written shard.
   *
   * @param rowGroup its row group in the file
   * @param samples how many samples it has
   * @param hash SHA-256 of its logical content: inputs, labels and ids in order
   */
  public record Stored(int rowGroup, int samples, Sha256 hash) {}

  private final SampleSchema schema;
  private final RowGroupWriter rows;
  private final SampleDigest digest;
  private int samples;

  private ShardWriter(SampleSchema schema, RowGroupWriter rows) {
    this.schema = schema;
    this.rows = rows;
    this.digest = new SampleDigest(schema);
  }

  /**
   * Creates {@code path}.
   *
   * @throws IOException if it exists or cannot be written
   */
  public static ShardWriter create(FileSystem fileSystem, Path path, SampleSchema schema)
      throws IOException {
    return new ShardWriter(
        schema, RowGroupWriter.create(fileSystem, path, parquetSchema(schema), Map.of()));
  }

  /**
   * Adds the next sample of the shard.
   *
   * @throws IllegalArgumentException if an input has another length than the schema says
   */
  public void add(Sample sample) throws IOException {
    int column = 0;
    for (InputSpec input : schema.inputs()) {
      ByteBuffer bytes = sample.inputs().get(column);
      if (!input.stores(bytes.remaining())) {
        throw new IllegalArgumentException(
            "a sample of %s has %d bytes, not %d"
                .formatted(input.name(), input.sampleBytes(), bytes.remaining()));
      }
      rows.addBinary(column++, bytes);
    }
    if (schema.labelled()) {
      rows.addInt(column++, sample.label());
    }
    if (schema.identified()) {
      rows.addBinary(column, ByteBuffer.wrap(sample.id().getBytes(StandardCharsets.UTF_8)));
    }
    rows.endRow();
    digest.add(sample);
    samples++;
  }

  /** Ends the shard of the samples added since the last call. */
  public Stored endShard() throws IOException {
    Sha256 hash = new Sha256(HexFormat.of().formatHex(digest.finish()));
    Stored stored = new Stored(rows.endRowGroup(), samples, hash);
    samples = 0;
    return stored;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private static MessageType parquetSchema(SampleSchema schema) {
    Types.MessageTypeBuilder builder = Types.buildMessage();
    for (InputSpec input : schema.inputs()) {
      builder.required(PrimitiveTypeName.BINARY).named(input.name());
    }
    if (schema.labelled()) {
      builder.required(PrimitiveTypeName.INT32).named(schema.labelColumn());
    }
    if (schema.identified()) {
      builder
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(schema.idColumn());
    }
    return builder.named("sample");
  }
}
