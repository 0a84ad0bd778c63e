package dev.retort.training;

import java.util.List;

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1) with decay in the gradient, as PyTorch's {@code
 * Adam}:
 *
 * <pre>
 *   g = g + d w;   mean, mean of squares and direction r as in {@link Moments};   w = w - lr r
 * </pre>
 *
 * State: the two means. With decay {@link AdamW} is usually the better choice.
 */
public record Adam(Moments means) implements UpdateRule {

  @Override
  public List<String> moments() {
    return Moments.NAMES;
  }

  @Override
  public void update(ChunkedTensor tensor, StepRates rates, long t) {
    Moments.Coefficients step = means.at(rates, t);
    float decay = (float) tensor.group().rate();
    tensor.update(
        chunk -> {
          step.move(chunk, decay);
          step.descend(chunk, rates.learningRate(), 1);
        });
  }
}
