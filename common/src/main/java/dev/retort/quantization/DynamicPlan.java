package dev.retort.quantization;

import dev.retort.plan.Decision;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@link DynamicInt8} decided for a model; enough to rewrite it.
 *
 * @param scheme why it is dynamic
 * @param smoothing alpha of {@link Smoothing}
 * @param inputs the activations that quantized layers read, in the order of the model's nodes
 * @param matrices the constants, in the order of the model's nodes; one that is read along both
 *     axes stands here twice
 * @param others what stays in floating point, with the reason
 */
public record DynamicPlan(
    Int8Scheme scheme,
    double smoothing,
    List<Smoothing> inputs,
    List<MatrixQuantization> matrices,
    List<Decision> others)
    implements QuantizationPlan {
  public DynamicPlan {
    inputs = List.copyOf(inputs);
    matrices = List.copyOf(matrices);
    others = List.copyOf(others);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("smoothing", Double.toString(smoothing));
  }

  @Override
  public Stream<Decision> quantized() {
    return Stream.concat(
        inputs.stream().map(Smoothing::toDecision),
        matrices.stream().map(MatrixQuantization::toDecision));
  }

  /** What {@code matrix} is rounded from: the constant times the divisors of its activation. */
  MatrixLevels levels(MatrixQuantization matrix, Tensor constant) {
    MatrixLevels levels = MatrixLevels.of(constant, matrix.channelAxis());
    return matrix
        .smoothedWith()
        .map(activation -> levels.times(smoothing(activation).factors(levels.inputChannels())))
        .orElse(levels);
  }

  private Smoothing smoothing(String activation) {
    return inputs.stream().filter(i -> i.tensor().equals(activation)).findFirst().orElseThrow();
  }

  /** None: each run finds its own. */
  @Override
  public List<ActivationQuantization> activations() {
    return List.of();
  }
}
