package dev.retort.metrics;

import dev.retort.error.UserError;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * The confusion matrix of a classifier: how many samples of class {@code i} it called {@code j}.
 * The called class is the one of the greatest logit, the first of equals.
 *
 * <p>Immutable; {@link #merge} is exact in any order and the empty matrix is its identity. Class
 * labels count from 0.
 */
public final class Confusion {
  private final int classes;
  private final long[] counts;

  private Confusion(int classes, long[] counts) {
    this.classes = classes;
    this.counts = counts;
  }

  /** No sample yet of {@code classes} classes. */
  public static Confusion empty(int classes) {
    return new Confusion(classes, new long[classes * classes]);
  }

  /**
   * The matrix of one block.
   *
   * @param logits {@code FLOAT32}, {@code [classes]} a sample
   * @param labels as many as samples, from their position on; the position does not move
   * @throws UserError if a label is outside the classes
   */
  public static Confusion of(SampleBlock logits, IntBuffer labels) {
    Logits rows = Logits.of(logits);
    if (labels.remaining() != rows.samples()) {
      throw new IllegalArgumentException(
          rows.samples() + " samples with " + labels.remaining() + " labels");
    }
    Confusion confusion = empty(rows.classes());
    float[] row = new float[rows.classes()];
    for (int sample = 0; sample < rows.samples(); sample++) {
      rows.read(sample, row);
      int label = labels.get(labels.position() + sample);
      if (label < 0 || label >= rows.classes()) {
        throw UserError.input(
            "Cannot evaluate: label of sample %d is %d, must be 0 to %d; check the label column"
                .formatted(sample, label, rows.classes() - 1));
      }
      confusion.counts[label * rows.classes() + Logits.argMax(row)]++;
    }
    return confusion;
  }

  /** Reads what {@link #toBytes} wrote. */
  public static Confusion of(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    int classes = from.getInt();
    long[] counts = new long[classes * classes];
    from.asLongBuffer().get(counts);
    return new Confusion(classes, counts);
  }

  /**
   * The matrix of the samples of both.
   *
   * @throws IllegalArgumentException if they have other classes
   */
  public Confusion merge(Confusion other) {
    if (classes != other.classes) {
      throw new IllegalArgumentException(classes + " and " + other.classes + " classes");
    }
    long[] sums = counts.clone();
    Arrays.setAll(sums, i -> counts[i] + other.counts[i]);
    return new Confusion(classes, sums);
  }

  public int classes() {
    return classes;
  }

  /** Samples of class {@code actual} that were called {@code called}. */
  public long count(int actual, int called) {
    return counts[actual * classes + called];
  }

  public long samples() {
    return Arrays.stream(counts).sum();
  }

  public long correct() {
    long correct = 0;
    for (int i = 0; i < classes; i++) {
      correct += count(i, i);
    }
    return correct;
  }

  /** The fraction of samples called right; NaN without samples. */
  public double accuracy() {
    return (double) correct() / samples();
  }

  /**
   * The mean over the classes of {@code F1 = 2 TP / (2 TP + FP + FN)}. A class that is neither in
   * the labels nor ever called is left out of the mean; one that is only ever missed or only called
   * wrongly counts as 0 (scikit-learn's {@code f1_score(average="macro")} over the labels that
   * occur in either). NaN without samples.
   */
  public double macroF1() {
    double sum = 0;
    int present = 0;
    for (int i = 0; i < classes; i++) {
      long actual = 0;
      long called = 0;
      for (int j = 0; j < classes; j++) {
        actual += count(i, j);
        called += count(j, i);
      }
      if (actual + called > 0) {
        sum += 2.0 * count(i, i) / (actual + called);
        present++;
      }
    }
    return sum / present;
  }

  /** The canonical bytes. */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + counts.length * Long.BYTES);
    bytes.putInt(classes).asLongBuffer().put(counts);
    return bytes.array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Confusion confusion
        && classes == confusion.classes
        && Arrays.equals(counts, confusion.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return correct() + " of " + samples() + " right";
  }
}
