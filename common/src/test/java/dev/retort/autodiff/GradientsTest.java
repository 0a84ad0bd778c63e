package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.RetortException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GradientsTest {
  private final Case built = new Case(new Random(3), ElementType.FLOAT64).fixed();

  private String sum(String tensor) {
    return built.node("ReduceSum", List.of(tensor), "keepdims", 0);
  }

  private Map<String, Tensor> run(Differentiated model) {
    Map<String, Tensor> inputs = new LinkedHashMap<>(built.values());
    inputs.put("c0", Case.floats(ElementType.FLOAT64, () -> 2, 3));
    try (Evaluation evaluation = new Evaluation(model.model(), inputs)) {
      return evaluation.run();
    }
  }

  @Test
  void aTrainedConstantBecomesAnInputWithoutDefault() {
    String w = built.constant(Case.floats(ElementType.FLOAT64, () -> 5, 3));
    String x = built.weight(3);
    String loss = sum(built.node("Mul", List.of(x, w)));

    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(w));

    Graph graph = model.model().graph();
    assertThat(graph.initializers()).doesNotContainKey(w);
    assertThat(graph.requiredInputs()).extracting(ValueInfo::name).containsExactly(x, w);
    assertThat(graph.inputs().get(1).type())
        .isEqualTo(ValueType.OfTensor.of(ElementType.FLOAT64, Dim.of(3)));
    assertThat(graph.outputs())
        .extracting(ValueInfo::name)
        .containsExactly(loss, model.gradients().get(w));
    assertThat(graph.outputs().get(1).type()).isEqualTo(graph.inputs().get(1).type());
    assertThat(run(model).get(model.gradients().get(w))).isEqualTo(built.values().get(x));
  }

  @Test
  void aWeightThatTheLossDoesNotDependOnHasZeros() {
    String w = built.constant(Case.floats(ElementType.FLOAT64, () -> 5, 3));
    String x = built.weight(2);
    String loss = sum(x);
    built.node("Neg", List.of(w));

    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(w, x));

    assertThat(run(model).get(model.gradients().get(w)))
        .isEqualTo(Case.floats(ElementType.FLOAT64, () -> 0, 3));
  }

  @Test
  void anInnerTensorCanBeDifferentiatedBy() {
    String x = built.weight(3);
    String inner = built.node("Mul", List.of(x, x));
    String loss = sum(built.node("Mul", List.of(inner, built.number(3))));

    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(inner, x));

    Map<String, Tensor> results = run(model);
    assertThat(GradientCheck.doubles(results.get(model.gradients().get(inner))))
        .containsExactly(3, 3, 3);
    double[] values = GradientCheck.doubles(built.values().get(x));
    assertThat(GradientCheck.doubles(results.get(model.gradients().get(x))))
        .containsExactly(6 * values[0], 6 * values[1], 6 * values[2]);
  }

  @Test
  void theLossItselfHasGradientOne() {
    String x = built.weight(3);
    String loss = sum(x);

    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(loss));

    assertThat(GradientCheck.doubles(run(model).get(model.gradients().get(loss))))
        .containsExactly(1);
  }

  @Test
  void equalModelsGiveEqualBytes() {
    String x = built.weight(3);
    String y = built.node("Add", List.of(built.node("Exp", List.of(x)), x));
    String loss = sum(built.node("Mul", List.of(y, x)));
    Model model = built.model(List.of(loss));

    assertThat(OnnxWriter.toBytes(Gradients.of(model, loss, List.of(x)).model()))
        .isEqualTo(OnnxWriter.toBytes(Gradients.of(model, loss, List.of(x)).model()));
  }

  @Test
  void theResultPassesTheCheckAndKeepsWhatTheModelReturned() {
    String x = built.weight(3);
    String y = built.node("Exp", List.of(x));
    String loss = sum(y);

    Differentiated model = Gradients.of(built.model(List.of(y)), loss, List.of(x));

    ModelCheck.check(model.model());
    assertThat(model.model().graph().outputs())
        .extracting(ValueInfo::name)
        .containsExactly(y, loss, x + ".grad");
    assertThat(model.loss()).isEqualTo(loss);
  }

  @Test
  void integersEndThePath() {
    String x = built.weight(2, 3);
    String shape = built.node("Shape", List.of(x));
    String flat = built.node("Reshape", List.of(built.node("Mul", List.of(x, x)), shape));
    String loss = sum(flat);

    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(x));

    assertThat(run(model)).containsKey(model.gradients().get(x));
  }

  @Test
  void operatorsWithoutARuleAreNamedWithTheirNodes() {
    String x = built.weight(1, 2, 3);
    String y = built.node("Neg", List.of(x));
    for (int i = 0; i < 7; i++) {
      y = built.node("Hardmax", List.of(y));
    }
    String w = built.constant(Case.floats(ElementType.FLOAT64, () -> 1, 1, 4, 3));
    String r = built.constant(Case.floats(ElementType.FLOAT64, () -> 1, 1, 4, 1));
    String h = built.nodes("", "LSTM", 1, List.of(y, w, r), "hidden_size", 1).get(0);
    String loss = sum(h);

    assertThatThrownBy(() -> Gradients.of(built.model(List.of(loss)), loss, List.of(x)))
        .isInstanceOfSatisfying(
            UnsupportedModelError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessage(
            "Cannot differentiate the model: there is no gradient rule for Hardmax (node"
                + " 'Hardmax1', 'Hardmax2', 'Hardmax3', 'Hardmax4', 'Hardmax5' and 2 more), LSTM"
                + " (node 'LSTM8'); train only tensors behind these nodes, or export the model"
                + " without them");
  }

  @Test
  void tensorsBehindAnUnknownOperatorCanBeTrained() {
    String x = built.weight(1, 3);
    String hard = built.node("Hardmax", List.of(x));
    String w = built.constant(Case.floats(ElementType.FLOAT64, () -> 1, 3));
    String loss = sum(built.node("Mul", List.of(hard, w)));

    Differentiated model = Gradients.of(built.model(List.of(loss)), loss, List.of(w));

    assertThat(model.gradients()).containsOnlyKeys(w);
  }

  @Test
  void aFormWithoutGradientIsNamedWithItsReason() {
    String x = built.weight(2, 2);
    String loss = sum(built.node("Einsum", List.of(x), "equation", "aa->a"));

    refused(
        loss,
        x,
        "Cannot differentiate the model: there is no gradient for node 'Einsum0' (Einsum): its"
            + " equation 'aa->a' takes a diagonal, must name each axis once an operand; train only"
            + " tensors behind these nodes, or export the model without them");
  }

  @Test
  void anInputThatARuleSaysNothingOfIsRefused() {
    String x = built.weight(3);
    String gathered =
        built.node(
            "ScatterND",
            List.of(x, built.constant(Tensor.ofLongs(Dims.of(1, 1), 0)), built.weight(1)),
            "reduction",
            "mul");
    String loss = sum(gathered);

    refused(loss, x, "(ScatterND): its reduction is mul, must be none or add");
  }

  @Test
  void aGradientThroughAnotherOutputThanTheRuleKnowsIsRefused() {
    String x = built.weight(2, 3);
    List<String> parts =
        built.nodes(
            "",
            "BatchNormalization",
            3,
            List.of(x, built.weight(3), built.weight(3), built.weight(3), built.weight(3)),
            "training_mode",
            1);
    String loss = sum(built.node("Add", List.of(sum(parts.get(1)), sum(parts.get(0)))));

    refused(loss, x, "there is none for its output 'BatchNormalization0_1'");
  }

  @Test
  void aSubGraphThatReadsATrainedTensorIsRefused() {
    String x = built.weight(3);
    Graph branch =
        Graph.of(
            "branch",
            List.of(Node.of("inner", "Identity", List.of(x), List.of("b"))),
            Map.of(),
            List.of(),
            List.of(ValueInfo.of("b", ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT64))));
    String condition = built.constant(Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1));
    String y =
        built.node(
            "If",
            List.of(condition),
            "then_branch",
            new Attribute.SubGraph(branch),
            "else_branch",
            new Attribute.SubGraph(branch));
    String loss = sum(y);

    refused(loss, x, "there is no gradient rule for If (node 'If0')");
  }

  @Test
  void aLossOfSeveralElementsIsAUserError() {
    String x = built.weight(3);
    String y = built.node("Neg", List.of(x));

    assertThatThrownBy(() -> Gradients.of(built.model(List.of(y)), y, List.of(x)))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot differentiate the model: the loss 'Neg0_0' has shape [3], must be of one element;"
                + " reduce it first");
  }

  @Test
  void unknownAndIntegerTensorsAreUserErrors() {
    String x = built.weight(3);
    String loss = sum(x);
    String shape = built.constantLongs(3);

    refused(loss, "nowhere", "there is no tensor 'nowhere', must be one");
    assertThatThrownBy(() -> Gradients.of(built.model(List.of(loss)), "gone", List.of(x)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no tensor 'gone', must be one");
    refused(loss, shape, "is INT64[1], must be FLOAT32, FLOAT64 or FLOAT16");
  }

  @Test
  void tensorsAskedForTwiceAreAUserError() {
    String x = built.weight(3);
    String loss = sum(x);

    assertThatThrownBy(() -> Gradients.of(built.model(List.of(loss)), loss, List.of(x, x)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("must be different");
  }

  @Test
  void anotherOpsetIsRefused() {
    String x = built.weight(3);
    String loss = sum(x);
    Model model = built.model(List.of(loss)).withOperatorSets(List.of(new OperatorSet("", 18)));

    assertThatThrownBy(() -> Gradients.of(model, loss, List.of(x)))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessage(
            "Cannot differentiate the model: its opset is 18, must be 17; export it again with"
                + " opset 17");
  }

  private void refused(String loss, String by, String message) {
    assertThatThrownBy(() -> Gradients.of(built.model(List.of(loss)), loss, List.of(by)))
        .isInstanceOfSatisfying(
            RetortException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContaining(message);
  }

  /** The two quantization rules have a test of their own. */
  @Test
  void everyRuleHasRandomCases() {
    Set<String> checked = new TreeSet<>(Set.of("QuantizeLinear", "DequantizeLinear"));
    for (Family family : Families.ALL) {
      for (int seed = 0; seed < 3; seed++) {
        Case random = new Case(new Random(seed), family.type());
        List<String> outputs = new ArrayList<>(family.build().apply(random));
        assertThat(outputs).isNotEmpty();
        checked.addAll(
            random.nodes().stream()
                .map(n -> (n.domain().isEmpty() ? "" : n.domain() + "::") + n.opType())
                .collect(Collectors.toSet()));
      }
    }
    assertThat(checked).containsAll(GradientRules.operators());
  }
}
