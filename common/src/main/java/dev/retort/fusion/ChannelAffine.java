package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The map {@code y[c] = scale[c] * x[c] + shift[c]} over output channels, in double precision. */
final class ChannelAffine {
  private static final float DEFAULT_EPSILON = 1e-5f;
  private static final List<String> PARAMETERS = List.of("X", "scale", "bias", "mean", "variance");

  private final double[] scale;
  private final double[] shift;

  private ChannelAffine(double[] scale, double[] shift) {
    this.scale = scale;
    this.shift = shift;
  }

  /** Why {@code norm}, a BatchNormalization of {@code channels} channels, is no such map. */
  static Optional<String> batchNormObjection(Node norm, int channels, RewriteContext context) {
    if (norm.intAttribute("training_mode", 0) != 0) {
      return Optional.of("the BatchNormalization is in training mode");
    }
    if (norm.outputs().stream().skip(1).anyMatch(output -> !output.isEmpty())) {
      return Optional.of("the BatchNormalization also returns its statistics");
    }
    if (norm.intAttribute("spatial", 1) == 0) {
      return Optional.of("the BatchNormalization normalizes each position by itself (spatial = 0)");
    }
    for (int i = 1; i < PARAMETERS.size(); i++) {
      String name = norm.input(i);
      Optional<Tensor> value = context.constant(name);
      if (value.isEmpty()) {
        return Optional.of("its %s %s is not constant".formatted(PARAMETERS.get(i), name));
      }
      if (value.get().type() != ElementType.FLOAT32 || value.get().elementCount() != channels) {
        return Optional.of(
            "its %s %s is %s, must be FLOAT32[%d]"
                .formatted(PARAMETERS.get(i), name, value.get(), channels));
      }
    }
    return Optional.empty();
  }

  /**
   * {@code scale = gamma / sqrt(variance + epsilon)}, {@code shift = beta - scale * mean}.
   *
   * <p>Requires that {@link #batchNormObjection} is empty.
   */
  static ChannelAffine ofBatchNorm(Node norm, RewriteContext context) {
    double epsilon = norm.floatAttribute("epsilon", DEFAULT_EPSILON);
    float[] gamma = floats(norm.input(1), context);
    float[] beta = floats(norm.input(2), context);
    float[] mean = floats(norm.input(3), context);
    float[] variance = floats(norm.input(4), context);
    double[] scale = new double[gamma.length];
    double[] shift = new double[gamma.length];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = gamma[c] / Math.sqrt(variance[c] + epsilon);
      shift[c] = beta[c] - scale[c] * mean[c];
    }
    return new ChannelAffine(scale, shift);
  }

  /** The map {@code y = factor * x}. */
  static ChannelAffine ofFactor(double[] factor) {
    return new ChannelAffine(factor, new double[factor.length]);
  }

  /** The map {@code y = x + summand}. */
  static ChannelAffine ofSummand(double[] summand) {
    double[] ones = new double[summand.length];
    Arrays.fill(ones, 1);
    return new ChannelAffine(ones, summand);
  }

  double scale(int channel) {
    return scale[channel];
  }

  double shift(int channel) {
    return shift[channel];
  }

  /** Whether any factor is not 1. */
  boolean scales() {
    return Arrays.stream(scale).anyMatch(s -> s != 1);
  }

  double largestScale() {
    return Arrays.stream(scale).map(Math::abs).max().orElse(0);
  }

  private static float[] floats(String tensor, RewriteContext context) {
    return context.constant(tensor).orElseThrow().toFloats();
  }
}
