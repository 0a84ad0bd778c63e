package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.io.Serializable;
import java.util.Map;

/**
 * How a teacher's outputs are stored.
 *
 * @param classes logits a sample
 * @param topK how many of the largest are kept; 0 keeps all
 * @param view 0 for samples as they are; n for the n-th augmentation
 * @param teacher the identity of the model that made them
 */
public record SoftLabelFormat(int classes, int topK, int view, Sha256 teacher)
    implements Serializable {
  private static final int NARROW_CLASSES = 65_536;

  /**
   * Checks the sizes.
   *
   * @throws UserError if not 0 to {@code classes} logits are to be kept
   */
  public SoftLabelFormat {
    if (classes < 1 || view < 0) {
      throw new IllegalArgumentException(classes + " classes, view " + view);
    }
    if (topK < 0 || topK > classes) {
      throw UserError.usage(
          "Cannot store soft labels: top-k is %d, must be 0 (all) to %d, the teacher's classes"
              .formatted(topK, classes));
    }
  }

  /** All logits of unchanged samples. */
  public static SoftLabelFormat full(int classes, Sha256 teacher) {
    return new SoftLabelFormat(classes, 0, 0, teacher);
  }

  /** The {@code topK} largest logits of unchanged samples. */
  public static SoftLabelFormat topK(int classes, int topK, Sha256 teacher) {
    return new SoftLabelFormat(classes, topK, 0, teacher);
  }

  public boolean isFull() {
    return topK == 0;
  }

  /** Bytes of one sample's logits, or of its values relative to the largest one. */
  int valueBytes() {
    return isFull() ? classes * Float.BYTES : topK * Short.BYTES;
  }

  /** Whether indices need 32 bits. */
  boolean wideIndices() {
    return classes > NARROW_CLASSES;
  }

  int indexBytes() {
    return topK * (wideIndices() ? Integer.BYTES : Short.BYTES);
  }

  /** What stands in the file, so that it explains itself. */
  Map<String, String> metadata() {
    return Map.of(
        "retort.classes", Integer.toString(classes),
        "retort.top-k", Integer.toString(topK),
        "retort.view", Integer.toString(view),
        "retort.teacher", teacher.hex());
  }
}
