package dev.retort.training;

import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, Decoupled weight decay regularization,
 * ICLR 2019, algorithm 2), as PyTorch's {@code AdamW}:
 *
 * <pre>
 *   mean, mean of squares and direction r as in {@link Moments};   w = (1 - lr d) w - lr r
 * </pre>
 *
 * State: the two means.
 */
public record AdamW(Moments means) implements UpdateRule {

  @Override
  public List<String> moments() {
    return Moments.NAMES;
  }

  @Override
  public void update(ChunkedTensor tensor, StepRates rates, long t) {
    Moments.Coefficients step = means.at(rates, t);
    float shrink = (float) (1 - rates.learningRate() * tensor.group().rate());
    tensor.update(
        chunk -> {
          step.move(chunk, 0);
          step.descend(chunk, rates.learningRate(), shrink);
        });
  }
}
