package dev.retort.training;

import java.util.List;

/**
 * Adam with one more factor for each tensor, for large batches (You et al., Large batch
 * optimization for deep learning: Training BERT in 76 minutes, ICLR 2020, algorithm 2, phi the
 * identity):
 *
 * <pre>
 *   mean, mean of squares and direction r as in {@link Moments}
 *   u = r + d w;   trust = ||w|| / ||u||, 1 where either norm is 0;   w = w - lr trust u
 * </pre>
 *
 * As in the authors' code, parameters of {@link DecayGroup#EXEMPT} have a trust of 1: a bias that
 * begins at 0 would hardly move. Norms are summed in double, value after value. State: the two
 * means.
 */
public record Lamb(Moments means) implements UpdateRule {

  @Override
  public List<String> moments() {
    return Moments.NAMES;
  }

  @Override
  public void update(ChunkedTensor tensor, StepRates rates, long t) {
    Moments.Coefficients step = means.at(rates, t);
    float decay = (float) tensor.group().rate();
    float[] direction = new float[Chunk.VALUES];
    Norms norms = new Norms();
    tensor.update(
        chunk -> {
          step.move(chunk, 0);
          direct(chunk, step, decay, direction);
          norms.add(chunk, direction);
        });
    double trust = tensor.group().equals(DecayGroup.EXEMPT) ? 1 : norms.trust();
    float rate = (float) (rates.learningRate() * trust);
    tensor.update(
        chunk -> {
          direct(chunk, step, decay, direction);
          descend(chunk, direction, rate);
        });
  }

  /** {@code u} of each value. */
  private static void direct(Chunk chunk, Moments.Coefficients step, float decay, float[] u) {
    float[] w = chunk.weights();
    float[] m = chunk.moment(0);
    float[] v = chunk.moment(1);
    float correction = (float) step.correction1();
    float root = step.root2();
    float epsilon = step.epsilon();
    for (int i = 0; i < chunk.count(); i++) {
      float denominator = (float) Math.sqrt(v[i]) / root + epsilon;
      u[i] = m[i] / correction / denominator + decay * w[i];
    }
  }

  private static void descend(Chunk chunk, float[] u, float rate) {
    float[] w = chunk.weights();
    for (int i = 0; i < chunk.count(); i++) {
      w[i] -= rate * u[i];
    }
  }

  /** Sums of squares of weights and direction of one tensor. */
  private static final class Norms {
    private double weights;
    private double directions;

    void add(Chunk chunk, float[] u) {
      float[] w = chunk.weights();
      for (int i = 0; i < chunk.count(); i++) {
        weights += (double) w[i] * w[i];
        directions += (double) u[i] * u[i];
      }
    }

    double trust() {
      return weights > 0 && directions > 0 ? Math.sqrt(weights) / Math.sqrt(directions) : 1;
    }
  }
}
