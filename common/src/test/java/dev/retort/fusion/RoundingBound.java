package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far two float computations of one chain of a linear layer and affine maps may differ: {@code
 * 2 * gamma(n) * m} for each output, with {@code gamma(n) = n * u / (1 - n * u)}, {@code u = 2^-24}
 * and {@code n} the roundings that a product passes through: the layer's products a sum, and 6.
 *
 * <p>{@code m}, the sum of the absolute values of all terms, is what the model computes when its
 * inputs and constants are replaced by their absolute values (the mean of a BatchNormalization by
 * the negative one, for it is subtracted). It is computed in float, hence the factor 1.001.
 */
final class RoundingBound {
  private static final double UNIT_ROUNDOFF = 0x1p-24;
  private static final double SMALLEST_FLOAT = 0x1p-149;
  private static final int ROUNDINGS_BESIDE_THE_SUM = 6;

  private final Map<String, Tensor> magnitudes;
  private final long products;

  private RoundingBound(Map<String, Tensor> magnitudes, long products) {
    this.magnitudes = magnitudes;
    this.products = products;
  }

  static RoundingBound of(Model model, Map<String, Tensor> inputs) {
    Map<String, Tensor> absolute =
        inputs.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> scaled(e.getValue(), 1)));
    return new RoundingBound(Runs.run(magnitudeModel(model), absolute), products(model));
  }

  /** Asserts that {@code actual} is as near to {@code expected} as the bound says. */
  void check(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    double n = products + ROUNDINGS_BESIDE_THE_SUM;
    double gamma = n * UNIT_ROUNDOFF / (1 - n * UNIT_ROUNDOFF);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (String output : expected.keySet()) {
      assertThat(actual.get(output).dims()).isEqualTo(expected.get(output).dims());
      float[] want = expected.get(output).toFloats();
      float[] have = actual.get(output).toFloats();
      float[] magnitude = magnitudes.get(output).toFloats();
      for (int i = 0; i < want.length; i++) {
        double bound = 2 * gamma * 1.001 * magnitude[i] + n * SMALLEST_FLOAT;
        assertThat(Math.abs((double) have[i] - want[i]))
            .as("%s[%d]: %s for %s", output, i, have[i], want[i])
            .isLessThanOrEqualTo(bound);
      }
    }
  }

  private static Model magnitudeModel(Model model) {
    Graph graph = model.graph();
    Set<String> means = new HashSet<>();
    graph.nodes().stream()
        .filter(node -> node.is("BatchNormalization"))
        .forEach(node -> means.add(node.input(3)));
    Map<String, Tensor> constants = new LinkedHashMap<>();
    graph
        .initializers()
        .forEach(
            (name, value) -> constants.put(name, scaled(value, means.contains(name) ? -1 : 1)));
    Graph absolute =
        new Graph(
            graph.name(),
            graph.nodes().stream().map(RoundingBound::withAbsoluteFactors).toList(),
            constants,
            graph.inputs(),
            graph.outputs(),
            graph.valueInfos(),
            graph.documentation(),
            graph.extras());
    return model.withGraph(absolute);
  }

  private static Node withAbsoluteFactors(Node node) {
    return !node.is("Gemm")
        ? node
        : node.withAttribute("alpha", Attribute.of(Math.abs(node.floatAttribute("alpha", 1))))
            .withAttribute("beta", Attribute.of(Math.abs(node.floatAttribute("beta", 1))));
  }

  private static Tensor scaled(Tensor tensor, int sign) {
    if (tensor.type() != ElementType.FLOAT32) {
      return tensor;
    }
    float[] values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = sign * Math.abs(values[i]);
    }
    return Tensor.ofFloats(tensor.dims(), values);
  }

  /** The most products that a layer's result sums; a Gemm's alpha and beta round once more each. */
  private static long products(Model model) {
    long most = 1;
    for (Node node : model.graph().nodes()) {
      boolean linear = node.is("Conv") || node.is("ConvTranspose") || node.is("Gemm");
      Tensor weight = linear ? model.graph().initializers().get(node.input(1)) : null;
      most = weight == null ? most : Math.max(most, products(node, weight.dims()));
    }
    return most;
  }

  private static long products(Node node, Dims weight) {
    if (node.is("Conv")) {
      return weight.elementCount() / weight.size(0);
    }
    return node.is("Gemm")
        ? weight.size(node.intAttribute("transB", 0) != 0 ? 1 : 0) + 2
        : weight.elementCount() / weight.size(1) / node.intAttribute("group", 1);
  }
}
