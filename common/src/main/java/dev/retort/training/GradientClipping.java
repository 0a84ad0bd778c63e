package dev.retort.training;

import dev.retort.error.UserError;
import java.util.function.Consumer;

/**
 * What is done with gradients before a step: they must be finite, and large ones may be made
 * smaller.
 *
 * <pre>
 *   BY_NORM    g = g min(1, limit / (||g|| + 1e-6)), the norm over all parameters
 *              (Pascanu et al., On the difficulty of training recurrent neural networks, ICML 2013,
 *              algorithm 1; the 1e-6 is that of PyTorch's clip_grad_norm_)
 *   BY_VALUE   g = max(-limit, min(limit, g))
 * </pre>
 *
 * @param limit above 0; not used by NONE
 */
public record GradientClipping(Kind kind, double limit) {
  private static final double NORM_EPSILON = 1e-6;

  /** What is bounded. */
  public enum Kind {
    NONE,
    BY_NORM,
    BY_VALUE
  }

  public GradientClipping {
    Settings.require(
        "the limit of gradient clipping",
        limit,
        kind == Kind.NONE || (limit > 0 && Double.isFinite(limit)),
        "above 0 and finite");
  }

  /** Gradients are only checked. */
  public static GradientClipping none() {
    return new GradientClipping(Kind.NONE, 0);
  }

  public static GradientClipping byNorm(double limit) {
    return new GradientClipping(Kind.BY_NORM, limit);
  }

  public static GradientClipping byValue(double limit) {
    return new GradientClipping(Kind.BY_VALUE, limit);
  }

  /**
   * Checks and clips.
   *
   * @param gradients changed in place
   * @param step for the message
   * @return the global norm before clipping
   * @throws UserError (exit 2) that names step and parameter if a gradient is NaN or infinite
   */
  public double apply(ParameterBuffer gradients, long step) {
    double norm = GradientNorm.of(gradients);
    if (!Double.isFinite(norm)) {
      throw notFinite(gradients, step);
    }
    float bound = (float) limit;
    switch (kind) {
      case NONE -> {}
      case BY_NORM -> {
        float factor = (float) (limit / (norm + NORM_EPSILON));
        if (factor < 1) {
          change(gradients, values -> scale(values, factor));
        }
      }
      case BY_VALUE -> change(gradients, values -> bound(values, bound));
    }
    return norm;
  }

  private static UserError notFinite(ParameterBuffer gradients, long step) {
    ParameterLayout layout = gradients.layout();
    for (int i = 0; i < layout.parameters().size(); i++) {
      int first = layout.offset(i);
      for (int at = first; at < first + layout.parameters().get(i).size(); at++) {
        float value = gradients.values().get(at);
        if (!Float.isFinite(value)) {
          return UserError.usage(
              "Cannot go on training: in step %d the gradient of %s is %s at value %d, must be finite; lower the learning rate or clip gradients, the last good checkpoint is kept"
                  .formatted(step, layout.parameters().get(i).name(), value, at - first));
        }
      }
    }
    throw new IllegalStateException("a norm of finite gradients is finite");
  }

  private static void change(ParameterBuffer gradients, Consumer<float[]> how) {
    float[] chunk = new float[Chunk.VALUES];
    for (int at = 0; at < gradients.values().capacity(); at += Chunk.VALUES) {
      int count = Math.min(Chunk.VALUES, gradients.values().capacity() - at);
      gradients.values().get(at, chunk, 0, count);
      how.accept(chunk);
      gradients.values().put(at, chunk, 0, count);
    }
  }

  private static void scale(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static void bound(float[] values, float bound) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-bound, Math.min(bound, values[i]));
    }
  }
}
