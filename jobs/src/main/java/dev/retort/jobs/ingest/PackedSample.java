package dev.retort.jobs.ingest;

import dev.retort.data.InputSpec;
import dev.retort.data.Sample;
import dev.retort.data.SampleKey;
import dev.retort.data.SampleSchema;
import dev.retort.data.TokenSequences;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.spark.EngineMetrics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import scala.Tuple2;

/**
 * The form in which rows are sorted: pairs of bytes, so that a shuffle is a copy. Samples: 0 and
 * the sample's key; label, id's length, id, inputs. Bad rows: 1 and the place in the source; a JSON
 * line.
 */
final class PackedSample {
  private static final byte SAMPLE = 0;
  private static final byte BAD = 1;
  private static final byte WHOLE = 0;
  private static final byte CUT = 1;

  private PackedSample() {}

  /** Packs a sample whose text, if it has one, was not cut. */
  static Tuple2<byte[], byte[]> pack(SampleSchema schema, Sample sample) {
    return pack(schema, sample, false);
  }

  /**
   * Packs a sample.
   *
   * @param cut whether its text is the beginning of a longer one
   */
  static Tuple2<byte[], byte[]> pack(SampleSchema schema, Sample sample, boolean cut) {
    byte[] key = SampleKey.of(schema, sample).toBytes();
    ByteBuffer sortKey = ByteBuffer.allocate(1 + key.length).put(SAMPLE).put(key);
    byte[] id = sample.id().getBytes(StandardCharsets.UTF_8);
    int inputBytes = sample.inputs().stream().mapToInt(ByteBuffer::remaining).sum();
    int mark = schema.text().isPresent() ? 1 : 0;
    ByteBuffer value = ByteBuffer.allocate(2 * Integer.BYTES + id.length + inputBytes + mark);
    value.putInt(sample.label()).putInt(id.length).put(id);
    for (int i = 0; i < sample.inputs().size(); i++) {
      if (schema.inputs().get(i).isText()) {
        value.put(cut ? CUT : WHOLE);
      }
      value.put(sample.inputs().get(i).duplicate());
    }
    return new Tuple2<>(sortKey.array(), value.array());
  }

  static Tuple2<byte[], byte[]> pack(String place, BadRow row) {
    EngineMetrics.ofThisJvm().badRow();
    byte[] text = place.getBytes(StandardCharsets.UTF_8);
    ByteBuffer sortKey = ByteBuffer.allocate(1 + text.length).put(BAD).put(text);
    return new Tuple2<>(sortKey.array(), Json.line(row).getBytes(StandardCharsets.UTF_8));
  }

  static boolean isBad(byte[] sortKey) {
    return sortKey[0] == BAD;
  }

  /** The first four bytes of the key, unsigned: uniform over samples. */
  static long prefix(byte[] sortKey) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(sortKey).getInt(1));
  }

  static SampleKey key(byte[] sortKey) {
    return SampleKey.ofBytes(Arrays.copyOfRange(sortKey, 1, sortKey.length));
  }

  static int label(byte[] value) {
    return ByteBuffer.wrap(value).getInt();
  }

  /** The sample, whose inputs are views of {@code value}. */
  static Sample unpack(SampleSchema schema, byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    int label = bytes.getInt();
    int idLength = bytes.getInt();
    String id = new String(value, bytes.position(), idLength, StandardCharsets.UTF_8);
    int offset = bytes.position() + idLength;
    List<ByteBuffer> inputs = new ArrayList<>();
    for (InputSpec input : schema.inputs()) {
      int begin = input.isText() ? offset + 1 : offset;
      int end = input.isText() ? value.length : offset + input.sampleBytes();
      inputs.add(bytes.slice(begin, end - begin));
      offset = end;
    }
    return new Sample(inputs, label, id);
  }

  /** The tokens of the sample's text, negative if it was cut to that; 0 if it has none. */
  static int tokens(SampleSchema schema, byte[] value) {
    if (schema.text().isEmpty()) {
      return 0;
    }
    int idLength = ByteBuffer.wrap(value).getInt(Integer.BYTES);
    int fixed =
        schema.inputs().stream().filter(i -> !i.isText()).mapToInt(i -> i.sampleBytes()).sum();
    int mark = 2 * Integer.BYTES + idLength + fixed;
    int tokens = (value.length - mark - 1) / TokenSequences.TOKEN_BYTES;
    return value[mark] == CUT ? -tokens : tokens;
  }
}
