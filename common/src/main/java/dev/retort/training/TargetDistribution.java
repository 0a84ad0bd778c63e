package dev.retort.training;

import java.nio.FloatBuffer;

/**
 * Hard labels as distributions over classes, float32 [classes], for losses that take such.
 *
 * <p>Label smoothing (Szegedy et al., Rethinking the Inception architecture, CVPR 2016, equation
 * 5): {@code q(k) = (1 - smoothing) [k = label] + smoothing / classes}. Mixed samples (Zhang et
 * al., mixup, ICLR 2018): {@code weight q_a + (1 - weight) q_b}.
 *
 * @param classes at least 2
 * @param smoothing in [0, 1)
 */
public record TargetDistribution(int classes, double smoothing) {
  public TargetDistribution {
    Settings.require("the number of classes", classes, classes >= 2, "2 or above");
    Settings.requireCoefficient("label smoothing", smoothing);
  }

  /** Puts the distribution of {@code label} at the {@code row}-th place of {@code targets}. */
  public void put(int label, FloatBuffer targets, int row) {
    requireClass(label);
    int first = row * classes;
    float off = (float) (smoothing / classes);
    for (int k = 0; k < classes; k++) {
      targets.put(first + k, off);
    }
    targets.put(first + label, (float) (1 - smoothing + smoothing / classes));
  }

  /** As {@link #put}, for a sample that is {@code weight} of one label and the rest of another. */
  public void putMixed(int label, int other, double weight, FloatBuffer targets, int row) {
    put(label, targets, row);
    requireClass(other);
    double moved = (1 - weight) * (1 - smoothing);
    add(targets, row * classes + label, -moved);
    add(targets, row * classes + other, moved);
  }

  private static void add(FloatBuffer targets, int at, double value) {
    targets.put(at, (float) (targets.get(at) + value));
  }

  private void requireClass(int label) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException("class %d of %d".formatted(label, classes));
    }
  }
}
