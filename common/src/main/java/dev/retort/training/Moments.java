package dev.retort.training;

import dev.retort.error.UserError;
import java.util.List;

/**
 * The running means of gradients and of their squares that {@link Adam}, {@link AdamW} and {@link
 * Lamb} share (Kingma and Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1):
 *
 * <pre>
 *   m = beta1 m + (1 - beta1) g          mhat = m / (1 - beta1^t)
 *   v = beta2 v + (1 - beta2) g^2        vhat = v / (1 - beta2^t)
 *   direction r = mhat / (sqrt(vhat) + epsilon)
 * </pre>
 *
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 * @param epsilon above 0
 */
public record Moments(double beta1, double beta2, double epsilon) {
  /** The values of the paper: 0.9, 0.999, 1e-8. */
  public static final Moments USUAL = new Moments(0.9, 0.999, 1e-8);

  static final List<String> NAMES = List.of("mean", "mean-of-squares");

  /**
   * Checks the coefficients.
   *
   * @throws UserError (exit 2) if one is outside its range
   */
  public Moments {
    Settings.requireCoefficient("beta1", beta1);
    Settings.requireCoefficient("beta2", beta2);
    Settings.require(
        "epsilon", epsilon, (float) epsilon > 0 && Double.isFinite(epsilon), "above 1e-45");
  }

  /** The coefficients of step {@code t} as float32. */
  Coefficients at(StepRates rates, long t) {
    double first = rates.momentum().orElse(beta1);
    return new Coefficients(
        (float) first,
        (float) (1 - first),
        (float) beta2,
        (float) (1 - beta2),
        1 - StrictMath.pow(first, (double) t),
        (float) Math.sqrt(1 - StrictMath.pow(beta2, (double) t)),
        (float) epsilon);
  }

  /**
   * Coefficients of one step.
   *
   * @param correction1 {@code 1 - beta1^t}
   * @param root2 {@code sqrt(1 - beta2^t)}
   */
  record Coefficients(
      float keep1,
      float add1,
      float keep2,
      float add2,
      double correction1,
      float root2,
      float epsilon) {

    /** Moves the means of {@code chunk} on, by gradients of {@code g + decay w}. */
    void move(Chunk chunk, float decay) {
      float[] w = chunk.weights();
      float[] g = chunk.gradients();
      float[] m = chunk.moment(0);
      float[] v = chunk.moment(1);
      for (int i = 0; i < chunk.count(); i++) {
        float h = g[i] + decay * w[i];
        m[i] = keep1 * m[i] + add1 * h;
        v[i] = keep2 * v[i] + add2 * h * h;
      }
    }

    /** {@code w = shrink w - rate r} for all weights of {@code chunk}. */
    void descend(Chunk chunk, double rate, float shrink) {
      float[] w = chunk.weights();
      float[] m = chunk.moment(0);
      float[] v = chunk.moment(1);
      float size = (float) (rate / correction1);
      for (int i = 0; i < chunk.count(); i++) {
        float denominator = (float) Math.sqrt(v[i]) / root2 + epsilon;
        w[i] = shrink * w[i] - size * m[i] / denominator;
      }
    }
  }
}
