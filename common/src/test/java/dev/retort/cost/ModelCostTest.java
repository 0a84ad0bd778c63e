package dev.retort.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.MiniLm;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ModelCostTest {
  private static final Path MODELS = Path.of(System.getProperty("retort.root"), "data", "models");

  @Test
  void theParametersOfTheFashionModelsAreThoseOfTheirTraining() {
    // The data's README states both numbers, which PyTorch counted.
    assertThat(costOf("fashion-resnet.onnx").parameters()).isEqualTo(696_042);
    assertThat(costOf("fashion-student.onnx").parameters()).isEqualTo(23_354);
  }

  @Test
  void theMacsOfTheResnetAreThoseOfItsLayers() {
    long stem = 28 * 28 * 32L * 9;
    long first = 4 * 28 * 28 * 32L * 32 * 9;
    long second = 14 * 14 * (64L * 32 * 9 + 3 * 64L * 64 * 9 + 64L * 32);
    long third = 7 * 7 * (128L * 64 * 9 + 3 * 128L * 128 * 9 + 128L * 64);
    long classifier = 128 * 10;
    ModelCost cost = costOf("fashion-resnet.onnx");
    assertThat(cost.macs()).isEqualTo(stem + first + second + third + classifier);
    assertThat(cost.unknownNodes()).isZero();
  }

  @Test
  void batchNormalizationKeepsItsRunningStatisticsApart() {
    // A mean and a variance for each channel that passes one of the 15 normalizations.
    long channels = 32 + 4 * 32 + 5 * 64 + 5 * 128;
    assertThat(costOf("fashion-resnet.onnx").runningStatistics()).isEqualTo(2 * channels);
  }

  @Test
  void mobileNetHasTheCostThatItsPaperStates() {
    // Howard et al., "MobileNets", 2017, table 8: 569 million mult-adds, 4.2 million parameters.
    Model model = MobileNet.model();
    ModelCost cost = ModelCost.of(model, ShapeInference.infer(model));
    assertThat(cost.macs()).isBetween(568_500_000L, 569_500_000L);
    assertThat(cost.parameters()).isBetween(4_150_000L, 4_250_000L);
  }

  @Test
  void miniLmHasTheParametersOfItsPublishedWeights() {
    Model model = OnnxReader.read(MiniLm.model());
    Map<String, Long> sizes = Map.of("sequence_length", 128L);
    ModelCost cost = ModelCost.of(model, ShapeInference.infer(model), sizes);
    // The published 22,713,216 have a pooler of 384 x 384 and 384, which the export leaves out.
    assertThat(cost.parameters()).isEqualTo(22_713_216 - 384 * 384 - 384);
    long projections = 128L * 6 * (4 * 384 * 384 + 2 * 384 * 1536);
    long attention = 6 * 2 * 128L * 128 * 384;
    assertThat(cost.macs()).isEqualTo(projections + attention);
    assertThat(cost.unknownNodes()).isZero();
    assertThat(ModelCost.of(model, ShapeInference.infer(model)).unknownNodes()).isPositive();
  }

  @Test
  void aFixedBatchIsDividedOut() {
    Map<String, Tensor> weight = Map.of("w", zeros(4, 3));
    Node product = Node.of("m", "MatMul", List.of("x", "w"), List.of("y"));
    ModelCost symbolic = cost(List.of(Dim.of("N"), Dim.of(4)), weight, product);
    ModelCost fixed = cost(List.of(Dim.of(8), Dim.of(4)), weight, product);
    assertThat(symbolic.macs()).isEqualTo(12);
    assertThat(fixed).isEqualTo(symbolic);
    assertThat(symbolic.nodes())
        .containsExactly(new NodeCost("m", "MatMul", 12, OptionalLong.of(12), OptionalLong.of(12)));
  }

  @Test
  void sharedWeightsCountOnceAndSettingsNotAtAll() {
    ModelCost cost =
        cost(
            List.of(Dim.of("N"), Dim.of(4)),
            Map.of("w", zeros(4, 4), "low", Tensor.scalar(0f), "shape", longs(-1, 4)),
            Node.of("a", "MatMul", List.of("x", "w"), List.of("a")),
            Node.of("b", "MatMul", List.of("a", "w"), List.of("b")),
            Node.of("c", "Clip", List.of("b", "low"), List.of("c")),
            Node.of("d", "Reshape", List.of("c", "shape"), List.of("d")));
    assertThat(cost.parameters()).isEqualTo(16);
    assertThat(cost.weightBytes()).isEqualTo(16 * 4 + 4 + 2 * 8);
    assertThat(cost.operators())
        .containsExactly(
            new OperatorCost("Clip", 1, 0, 0),
            new OperatorCost("MatMul", 2, 16, 32),
            new OperatorCost("Reshape", 1, 0, 0));
  }

  @Test
  void quantizedWeightsCountLikeTheFloatsThatTheyStandFor() {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("q", Tensor.ofBytes(ElementType.INT8, Dims.of(4, 3), new byte[12]));
    constants.put("scale", zeros(3));
    ModelCost cost =
        cost(
            List.of(Dim.of("N"), Dim.of(4)),
            constants,
            Node.of("d", "DequantizeLinear", List.of("q", "scale"), List.of("w")),
            Node.of("m", "MatMul", List.of("x", "w"), List.of("y")));
    assertThat(cost.parameters()).isEqualTo(12);
    assertThat(cost.weightBytes()).isEqualTo(12 + 12);
    assertThat(cost.macs()).isEqualTo(12);
  }

  @Test
  void quantizedEmbeddingsCountAndTablesOfPlacesDoNot() {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("q", Tensor.ofBytes(ElementType.INT8, Dims.of(4, 3), new byte[12]));
    constants.put("places", longs(3, 2, 1, 0));
    ModelCost cost =
        cost(
            List.of(Dim.of("N")),
            constants,
            Node.of("i", "Cast", List.of("x"), List.of("i"), Map.of("to", Attribute.of(7L))),
            Node.of("p", "Gather", List.of("places", "i"), List.of("p")),
            Node.of("e", "Gather", List.of("q", "p"), List.of("y")));
    assertThat(cost.parameters()).isEqualTo(12);
  }

  @Test
  void theKindsOfProductsAreCounted() {
    Node transposed = Node.of("t", "ConvTranspose", List.of("x", "w"), List.of("y"));
    List<Dim> image = List.of(Dim.of("N"), Dim.of(2), Dim.of(5), Dim.of(5));
    // Each input place meets a weight of 3 output channels and 3 x 3 taps.
    assertThat(cost(image, Map.of("w", zeros(2, 3, 3, 3)), transposed).macs())
        .isEqualTo(2 * 5 * 5 * 3 * 9);
    Node grouped =
        Node.of("g", "Conv", List.of("x", "w"), List.of("y"), Map.of("group", Attribute.of(2L)));
    assertThat(cost(image, Map.of("w", zeros(2, 1, 3, 3)), grouped).macs())
        .isEqualTo(2 * 3 * 3 * 9);
    Node gemm =
        Node.of("g", "Gemm", List.of("w", "x"), List.of("y"), Map.of("transA", Attribute.of(1L)));
    assertThat(cost(List.of(Dim.of(7), Dim.of(3)), Map.of("w", zeros(7, 5)), gemm).macs())
        .isEqualTo(5 * 3 * 7 / 7);
    Node recurrent = Node.of("l", "LSTM", List.of("x", "w", "r"), List.of("y"));
    ModelCost lstm =
        cost(
            List.of(Dim.of("S"), Dim.of(2), Dim.of(3)),
            Map.of("w", zeros(1, 20, 3), "r", zeros(1, 20, 5)),
            recurrent);
    assertThat(lstm.macs()).isEqualTo(2 * (20 * 3 + 20 * 5));
    assertThat(lstm.parameters()).isEqualTo(20 * 3 + 20 * 5);
  }

  @Test
  void whatHasNoShapeIsUnknownAndNotZero() {
    Node foreign =
        new Node("f", "org.example", "Odd", List.of("x"), List.of("y"), Map.of(), "", Opaque.NONE);
    ModelCost cost = cost(List.of(Dim.of("N"), Dim.of(4)), Map.of(), foreign);
    assertThat(cost.unknownNodes()).isEqualTo(1);
    assertThat(cost.nodes().get(0).macs()).isEmpty();
    assertThat(cost.nodes().get(0).opType()).isEqualTo("org.example::Odd");
  }

  @Test
  void activationsLiveUntilTheirLastReader() {
    ModelCost chain =
        cost(
            List.of(Dim.of("N"), Dim.of(10)),
            Map.of(),
            Node.of("a", "Relu", List.of("x"), List.of("a")),
            Node.of("b", "Relu", List.of("a"), List.of("b")),
            Node.of("c", "Relu", List.of("b"), List.of("c")));
    // The input stays, and one node's input and output live at once.
    assertThat(chain.activationBytes()).isEqualTo(3 * 40);
    ModelCost skip =
        cost(
            List.of(Dim.of("N"), Dim.of(10)),
            Map.of(),
            Node.of("a", "Relu", List.of("x"), List.of("a")),
            Node.of("b", "Relu", List.of("a"), List.of("b")),
            Node.of("c", "Relu", List.of("b"), List.of("c")),
            Node.of("d", "Add", List.of("a", "c"), List.of("d")));
    assertThat(skip.activationBytes()).isEqualTo(4 * 40);
  }

  @Test
  void constantsOfBranchesCount() {
    Graph branch =
        Graph.of(
            "b",
            List.of(Node.of("m", "MatMul", List.of("x", "w"), List.of("inner"))),
            Map.of("w", zeros(4, 3)),
            List.of(),
            List.of(ValueInfo.of("inner", new ValueType.Other(Opaque.NONE))));
    Node choice =
        Node.of(
            "i",
            "If",
            List.of("condition"),
            List.of("y"),
            Map.of("then_branch", new Attribute.SubGraph(branch)));
    Tensor yes = Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1);
    ModelCost cost = cost(List.of(Dim.of("N"), Dim.of(4)), Map.of("condition", yes), choice);
    assertThat(cost.parameters()).isEqualTo(12);
    assertThat(cost.weightBytes()).isEqualTo(48 + 1);
    assertThat(cost.nodes().get(0).macs()).isEmpty();
  }

  private static ModelCost costOf(String file) {
    Model model = OnnxReader.read(MODELS.resolve(file));
    return ModelCost.of(model, ShapeInference.infer(model));
  }

  private static ModelCost cost(List<Dim> input, Map<String, Tensor> constants, Node... nodes) {
    ValueInfo x =
        ValueInfo.of("x", ValueType.OfTensor.of(ElementType.FLOAT32, input.toArray(Dim[]::new)));
    ValueInfo y = ValueInfo.of(nodes[nodes.length - 1].output(0), new ValueType.Other(Opaque.NONE));
    Model model = Model.of(Graph.of("test", List.of(nodes), constants, List.of(x), List.of(y)));
    return ModelCost.of(model, ShapeInference.infer(model));
  }

  private static Tensor zeros(long... dims) {
    Dims shape = Dims.of(dims);
    return Tensor.ofFloats(shape, new float[Math.toIntExact(shape.elementCount())]);
  }

  private static Tensor longs(long... values) {
    return Tensor.ofLongs(Dims.of(values.length), values);
  }
}
