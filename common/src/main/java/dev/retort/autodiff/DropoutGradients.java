package dev.retort.autodiff;

import dev.retort.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * Dropout as it is in inference: {@code y = x}, {@code dx = g}. In training its mask is an input,
 * made by {@link TrainingForm}, and Dropout a product.
 *
 * <p>Refuses a node that draws its own mask: whose {@code training_mode} is not the constant false.
 */
final class DropoutGradients {
  static final Map<String, GradientRule> RULES = Map.of("Dropout", DropoutGradients::dropout);

  private DropoutGradients() {}

  private static void dropout(NodeGradient n) {
    Optional<Tensor> training = n.node().hasInput(2) ? n.constant(2) : Optional.empty();
    boolean inference =
        !n.node().hasInput(2) || training.filter(t -> t.toLongs()[0] == 0).isPresent();
    if (!inference) {
      throw new NoGradient("it draws its own mask (training_mode), must take it as an input");
    }
    n.give(0, n::gradient);
    n.none(1);
  }
}
