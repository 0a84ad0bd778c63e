package dev.retort.data;

import dev.retort.tensor.Float16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Keeps of one sample's logits z the k largest, relative to the largest m, and what the others are
 * worth at each temperature T: {@code log(sum over the rest of exp((z - m) / T))}, all as binary16.
 * Equal logits are ordered by index; an empty rest is minus infinity. Not thread safe.
 */
final class TopLogits {
  /** The temperatures at which the rest is summed. */
  private static final int[] TEMPERATURES = {1, 2, 4, 8};

  static final int REST_BYTES = TEMPERATURES.length * Short.BYTES;

  private final SoftLabelFormat format;
  private final int[] top;
  private final boolean[] isTop;
  private final ByteBuffer values;
  private final ByteBuffer indices;
  private final ByteBuffer rest = ByteBuffer.allocate(REST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  TopLogits(SoftLabelFormat format) {
    this.format = format;
    this.top = new int[format.topK()];
    this.isTop = new boolean[format.classes()];
    this.values = ByteBuffer.allocate(format.valueBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.indices = ByteBuffer.allocate(format.indexBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The place of {@code temperature} in the stored rest, -1 if it is not stored. */
  static int temperatureIndex(int temperature) {
    return Arrays.binarySearch(TEMPERATURES, temperature) < 0
        ? -1
        : Integer.numberOfTrailingZeros(temperature);
  }

  /** Takes the next sample's logits, which must be finite. */
  void take(float[] logits) {
    select(logits);
    float largest = logits[top[0]];
    values.clear();
    indices.clear();
    for (int index : top) {
      values.putShort(Float16.fromFloat(logits[index] - largest));
      if (format.wideIndices()) {
        indices.putInt(index);
      } else {
        indices.putShort((short) index);
      }
    }
    sumRest(logits, largest);
  }

  ByteBuffer values() {
    return values.flip();
  }

  ByteBuffer indices() {
    return indices.flip();
  }

  ByteBuffer rest() {
    return rest.flip();
  }

  /** Insertion into the sorted list of the largest so far. */
  private void select(float[] logits) {
    int count = 0;
    for (int i = 0; i < logits.length; i++) {
      if (count == top.length && logits[i] <= logits[top[count - 1]]) {
        continue;
      }
      int place = count < top.length ? count++ : count - 1;
      while (place > 0 && logits[i] > logits[top[place - 1]]) {
        top[place] = top[place - 1];
        place--;
      }
      top[place] = i;
    }
  }

  /** One exponential a logit: exp(d) is the 8th power of exp(d / 8). */
  private void sumRest(float[] logits, float largest) {
    for (int index : top) {
      isTop[index] = true;
    }
    double[] sums = new double[TEMPERATURES.length];
    for (int i = 0; i < logits.length; i++) {
      if (isTop[i]) {
        isTop[i] = false;
        continue;
      }
      double power = StrictMath.exp(((double) logits[i] - largest) / 8);
      for (int t = sums.length - 1; t >= 0; t--) {
        sums[t] += power;
        power *= power;
      }
    }
    rest.clear();
    for (double sum : sums) {
      rest.putShort(Float16.fromFloat((float) StrictMath.log(sum)));
    }
  }
}
