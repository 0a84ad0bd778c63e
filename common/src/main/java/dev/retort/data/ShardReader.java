package dev.retort.data;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads shards that {@link ShardWriter} wrote, straight into reused direct buffers. Not thread
 * safe.
 */
public final class ShardReader implements AutoCloseable {
  private final Path path;
  private final SampleSchema schema;
  private final RowGroupReader rows;

  private ShardReader(Path path, SampleSchema schema, RowGroupReader rows) {
    this.path = path;
    this.schema = schema;
    this.rows = rows;
  }

  /**
   * Opens the chunk at {@code path}.
   *
   * @throws InfrastructureError if it cannot be read
   */
  public static ShardReader open(Configuration conf, Path path, SampleSchema schema) {
    try {
      return new ShardReader(path, schema, RowGroupReader.open(path.getFileSystem(conf), path));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** How many shards the file holds. */
  public int rowGroups() {
    return rows.rowGroups();
  }

  /**
   * Reads the shard in {@code rowGroup} into {@code buffers}.
   *
   * @param number the shard's number, which the file does not know
   * @return the shard, valid until the next read into the same buffers
   * @throws InfrastructureError if the file is damaged or of another schema
   */
  public Shard read(int rowGroup, int number, ShardBuffers buffers) {
    try {
      int samples = rows.load(rowGroup);
      Map<String, SampleBlock> inputs = new LinkedHashMap<>();
      Optional<TokenSequences> texts = Optional.empty();
      for (InputSpec input : schema.inputs()) {
        if (input.isText()) {
          texts = Optional.of(readTexts(input, samples, buffers));
        } else {
          inputs.put(input.name(), readInput(input, samples, buffers));
        }
      }
      Optional<IntBuffer> labels =
          schema.labelled() ? Optional.of(readLabels(samples, buffers)) : Optional.empty();
      List<String> ids = schema.identified() ? readIds(samples) : List.of();
      return new Shard(number, samples, inputs, texts, labels, ids);
    } catch (IOException | RuntimeException e) {
      throw unreadable(path, e);
    }
  }

  /** The hash of the shard's logical content, which equals what writing it returned. */
  public Sha256 contentHash(Shard shard) {
    SampleDigest digest = new SampleDigest(schema);
    for (int i = 0; i < shard.samples(); i++) {
      digest.add(shard.sample(i));
    }
    return new Sha256(HexFormat.of().formatHex(digest.finish()));
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private SampleBlock readInput(InputSpec input, int samples, ShardBuffers buffers)
      throws IOException {
    int sampleBytes = input.sampleBytes();
    ByteBuffer target = buffers.take(input.name(), Math.multiplyExact(samples, sampleBytes));
    rows.readBinary(
        input.name(),
        (row, page, offset, length) -> {
          checkLength(input, length);
          target.put(row * sampleBytes, page, offset, length);
        });
    return new SampleBlock(input.type(), input.dims(), samples, target);
  }

  private TokenSequences readTexts(InputSpec input, int samples, ShardBuffers buffers)
      throws IOException {
    ByteBuffer ids = buffers.take(input.name(), rows.mostBytes(input.name()));
    ByteBuffer ends = buffers.take(input.name() + "/ends", samples * Integer.BYTES);
    rows.readBinary(
        input.name(),
        (row, page, offset, length) -> {
          checkLength(input, length);
          ids.put(ids.position(), page, offset, length).position(ids.position() + length);
          ends.putInt(ids.position() / TokenSequences.TOKEN_BYTES);
        });
    return new TokenSequences(input, ids.flip(), ends.flip().asIntBuffer());
  }

  private static void checkLength(InputSpec input, int length) throws IOException {
    if (!input.stores(length)) {
      throw new IOException(
          "a sample of %s has %d bytes, not %d"
              .formatted(input.name(), length, input.sampleBytes()));
    }
  }

  private IntBuffer readLabels(int samples, ShardBuffers buffers) throws IOException {
    ByteBuffer target = buffers.take(schema.labelColumn(), samples * Integer.BYTES);
    rows.readInts(schema.labelColumn(), target);
    return target.flip().asIntBuffer();
  }

  private List<String> readIds(int samples) throws IOException {
    List<String> ids = new ArrayList<>(samples);
    rows.readBinary(
        schema.idColumn(),
        (row, page, offset, length) ->
            ids.add(StandardCharsets.UTF_8.decode(page.slice(offset, length)).toString()));
    return ids;
  }

  private static InfrastructureError unreadable(Path path, Exception cause) {
    return new InfrastructureError(
        "Cannot read stored samples: %s is damaged or gone (%s); repeat the command, which makes it again"
            .formatted(path, cause.getMessage()),
        cause);
  }
}
