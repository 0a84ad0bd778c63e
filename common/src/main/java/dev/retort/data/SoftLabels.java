package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * A teacher's outputs for one shard, in stored order: all logits, or the k largest with the weight
 * of the rest. Valid as long as the buffers that it was read into are not reused.
 */
public final class SoftLabels {
  private final SoftLabelFormat format;
  private final int samples;
  private final ByteBuffer values;
  private final ByteBuffer indices;
  private final ByteBuffer rest;

  SoftLabels(
      SoftLabelFormat format, int samples, ByteBuffer values, ByteBuffer indices, ByteBuffer rest) {
    this.format = format;
    this.samples = samples;
    this.values = values.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.indices = indices.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.rest = rest.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  public SoftLabelFormat format() {
    return format;
  }

  public int samples() {
    return samples;
  }

  /**
   * All logits, float32 [samples, classes].
   *
   * @throws IllegalStateException if only the largest are stored
   */
  public SampleBlock logits() {
    if (!format.isFull()) {
      throw new IllegalStateException("only the " + format.topK() + " largest logits are stored");
    }
    return new SampleBlock(ElementType.FLOAT32, Dims.of(format.classes()), samples, values);
  }

  /** The {@code rank}-th largest logit of a sample, less its largest; from rank 0, which is 0. */
  public float relativeLogit(int sample, int rank) {
    return Float16.toFloat(values.getShort((sample * format.topK() + rank) * Short.BYTES));
  }

  /** The class that has the {@code rank}-th largest logit. */
  public int index(int sample, int rank) {
    int position = sample * format.topK() + rank;
    return format.wideIndices()
        ? indices.getInt(position * Integer.BYTES)
        : Short.toUnsignedInt(indices.getShort(position * Short.BYTES));
  }

  /**
   * The log of the sum of exp((z - m) / T) over the logits z that are not stored, m the largest.
   *
   * @throws UserError if it was not stored for this temperature
   */
  public float rest(int sample, int temperature) {
    int index = TopLogits.temperatureIndex(temperature);
    if (index < 0) {
      throw UserError.usage(
          "Cannot train from the %d largest logits: temperature is %d, must be 1, 2, 4 or 8; choose one or store all logits"
              .formatted(format.topK(), temperature));
    }
    return Float16.toFloat(rest.getShort(sample * TopLogits.REST_BYTES + index * Short.BYTES));
  }

  void updateRow(int sample, MessageDigest digest) {
    digest.update(values.slice(sample * format.valueBytes(), format.valueBytes()));
    if (!format.isFull()) {
      digest.update(indices.slice(sample * format.indexBytes(), format.indexBytes()));
      digest.update(rest.slice(sample * TopLogits.REST_BYTES, TopLogits.REST_BYTES));
    }
  }
}
