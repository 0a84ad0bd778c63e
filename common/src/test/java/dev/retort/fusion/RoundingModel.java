package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How far two float computations of one network may differ at its outputs, derived by a second
 * network: beside each tensor it computes the variance of the tensor's rounding error.
 *
 * <p>Roundings are taken as independent with mean zero and deviation at most {@code u = 2^-24}
 * (Higham and Mary, A new approach to probabilistic rounding error analysis, 2019, model 2.1). A
 * sum of {@code n} terms whose absolute values add up to {@code m} then has an error of variance at
 * most {@code n * (u * m)^2} of its own (theorem 3.1 with lambda = 1); errors pass through linear
 * operators by the squares of their weights and through others by the square of their slope. Two
 * computations differ by more than {@code 2 * LAMBDA} deviations with a probability of at most
 * {@code 4 * exp(-LAMBDA^2 / 2)} an output. A worst-case bound would multiply the norms of all
 * layers and say nothing. Variances are in units of {@code u^2}.
 */
final class RoundingModel {
  private static final double LAMBDA = 6;
  private static final double UNIT_ROUNDOFF = 0x1p-24;

  /** Roundings of a BatchNormalization: its factor, its summand, and their application. */
  private static final int NORM_ROUNDINGS = 6;

  /** Units in the last place of the runtime's exponential functions, squared. */
  private static final int FUNCTION_VARIANCE = 16;

  private final Model model;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants;
  private final Map<String, String> variances = new LinkedHashMap<>();
  private int emitted;

  private RoundingModel(Model model) {
    this.model = model;
    this.constants = new LinkedHashMap<>(model.graph().initializers());
  }

  /**
   * Asserts that {@code actual} differs from {@code expected}, the outputs of {@code model}, by no
   * more than two computations may, and that the bound says something: it is below {@code
   * meaningful} times the largest output.
   */
  static void check(
      Model model,
      Map<String, Tensor> inputs,
      Map<String, Tensor> expected,
      Map<String, Tensor> actual,
      double meaningful) {
    RoundingModel rounding = new RoundingModel(model);
    Map<String, Tensor> variances = Runs.run(rounding.extended(), inputs);
    for (String output : expected.keySet()) {
      float[] want = expected.get(output).toFloats();
      float[] have = actual.get(output).toFloats();
      float[] variance = variances.get(rounding.variances.get(output)).toFloats();
      double largest = 0;
      double loosest = 0;
      for (int i = 0; i < want.length; i++) {
        double bound = 2 * LAMBDA * UNIT_ROUNDOFF * Math.sqrt(variance[i]);
        largest = Math.max(largest, Math.abs(want[i]));
        loosest = Math.max(loosest, bound);
        assertThat(Math.abs((double) have[i] - want[i]))
            .as("%s[%d]: %s for %s", output, i, have[i], want[i])
            .isLessThanOrEqualTo(bound);
      }
      assertThat(loosest).as("the bound of " + output).isLessThan(meaningful * largest);
    }
  }

  private Model extended() {
    for (Node node : model.graph().nodes()) {
      nodes.add(node);
      variance(node).ifPresent(variance -> variances.put(node.output(0), variance));
    }
    List<ValueInfo> outputs =
        model.graph().outputs().stream()
            .map(
                output ->
                    ValueInfo.of(
                        variances.get(output.name()),
                        ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32)))
            .toList();
    Graph graph = model.graph();
    return model.withGraph(Graph.of(graph.name(), nodes, constants, graph.inputs(), outputs));
  }

  /** The variance of the node's result; empty where that is exact. */
  private Optional<String> variance(Node node) {
    Optional<String> in = Optional.ofNullable(variances.get(node.input(0)));
    return switch (node.opType()) {
      case "Conv", "ConvTranspose", "Gemm", "MatMul" -> Optional.of(linear(node));
      case "BatchNormalization" -> Optional.of(batchNorm(node));
      case "Add" -> Optional.of(sum(passed(node, 0), passed(node, 1), square(node.output(0))));
      case "Mul" -> Optional.of(product(node));
      case "Div" -> Optional.of(quotient(node));
      case "GlobalAveragePool" -> Optional.of(average(node));
      case "Sigmoid" -> in.map(v -> sum(scaled(v, 1.0 / 16), function(node)));
      case "HardSigmoid" -> in.map(v -> sum(scaled(v, 0.04), scaled(square(node.output(0)), 3)));
      case "Softmax" -> in.map(v -> softmax(node, v));
      case "Relu", "Clip" -> in;
      case "MaxPool", "Resize", "Reshape", "Flatten", "Transpose", "Slice" ->
          in.map(v -> emit(node.withInput(0, v)));
      case "Concat" -> Optional.of(emit(node.withInputs(allVariances(node))));
      case "Shape", "Cast" -> Optional.empty();
      default -> throw new AssertionError("no rule for " + node);
    };
  }

  private String linear(Node node) {
    Tensor weight = constants.get(node.input(1));
    long products = weight.elementCount() / outputChannels(node, weight.dims());
    List<String> absolute = node.inputs().stream().map(t -> emit("Abs", t)).toList();
    String magnitude = emit(node.withInputs(absolute));
    String own = scaled(square(magnitude), products + 2.0);
    String in = variances.get(node.input(0));
    return in == null ? own : sum(own, emit(node.withInputs(List.of(in, square(node.input(1))))));
  }

  private static long outputChannels(Node node, Dims weight) {
    return switch (node.opType()) {
      case "Conv" -> weight.size(0);
      case "ConvTranspose" -> weight.size(1) * node.intAttribute("group", 1);
      case "Gemm" -> weight.size(node.intAttribute("transB", 0) != 0 ? 0 : 1);
      default -> weight.size(-1);
    };
  }

  private String batchNorm(Node node) {
    String epsilon = constant(node.floatAttribute("epsilon", 1e-5f));
    String gamma = node.input(1);
    String variance = node.input(4);
    String deviation = emit("Sqrt", emit("Add", variance, epsilon));
    String squared = emit("Div", square(gamma), deviation);
    String zero = emit("Sub", gamma, gamma);
    String in = variances.get(node.input(0));
    String passed = emit(node.withInputs(List.of(in, squared, zero, zero, variance)));
    String magnitude =
        emit(
            node.withInputs(
                List.of(
                    emit("Abs", node.input(0)),
                    emit("Abs", gamma),
                    emit("Abs", node.input(2)),
                    emit("Neg", emit("Abs", node.input(3))),
                    variance)));
    return sum(passed, scaled(square(magnitude), NORM_ROUNDINGS));
  }

  private String product(Node node) {
    List<String> terms = new ArrayList<>(List.of(square(node.output(0))));
    for (int i = 0; i < 2; i++) {
      String in = variances.get(node.input(i));
      if (in != null) {
        terms.add(emit("Mul", in, square(node.input(1 - i))));
      }
    }
    return sum(terms.toArray(String[]::new));
  }

  private String quotient(Node node) {
    assertThat(constants).as("divisors are constant").containsKey(node.input(1));
    String in = variances.get(node.input(0));
    return sum(emit("Div", in, square(node.input(1))), square(node.output(0)));
  }

  /** The errors of the averaged elements may be alike, so their variance is not divided. */
  private String average(Node node) {
    String magnitude = emit(node.withInput(0, emit("Abs", node.input(0))));
    String count = emit("Div", emit("Size", node.input(0)), emit("Size", node.output(0)));
    String roundings = emit(castToFloat(count));
    String own = emit("Mul", square(magnitude), roundings);
    return sum(emit(node.withInput(0, variances.get(node.input(0)))), own);
  }

  private static Node castToFloat(String tensor) {
    return Node.of(
        "cast",
        "Cast",
        List.of(tensor),
        List.of("cast"),
        Map.of("to", Attribute.of(ElementType.FLOAT32.number())));
  }

  /** {@code |dy| <= 2 * y * max |dx|}. */
  private String softmax(Node node, String in) {
    Node largest =
        Node.of("m", "ReduceMax", List.of(in), List.of("m"), Map.of("axes", Attribute.ofInts(-1)));
    String squared = square(node.output(0));
    return sum(scaled(emit("Mul", squared, emit(largest)), 4), function(node));
  }

  private String function(Node node) {
    return scaled(square(node.output(0)), FUNCTION_VARIANCE);
  }

  private List<String> allVariances(Node node) {
    return node.inputs().stream()
        .map(t -> variances.containsKey(t) ? variances.get(t) : emit("Sub", t, t))
        .toList();
  }

  private String passed(Node node, int input) {
    return variances.getOrDefault(node.input(input), "");
  }

  private String sum(String... terms) {
    List<String> present = List.of(terms).stream().filter(Predicate.not(String::isEmpty)).toList();
    return emit("Sum", present.toArray(String[]::new));
  }

  private String square(String tensor) {
    return emit("Mul", tensor, tensor);
  }

  private String scaled(String tensor, double factor) {
    return emit("Mul", tensor, constant((float) factor));
  }

  private String constant(float value) {
    String name = "rounding_constant_" + constants.size();
    constants.put(name, Tensor.scalar(value));
    return name;
  }

  private String emit(String opType, String... inputs) {
    return emit(Node.of("", opType, List.of(inputs), List.of("")));
  }

  /** Adds a copy of {@code node} with names of its own, and returns its result. */
  private String emit(Node node) {
    String name = "rounding_" + emitted++;
    nodes.add(node.withName(name).withOutputs(List.of(name)));
    return name;
  }
}
