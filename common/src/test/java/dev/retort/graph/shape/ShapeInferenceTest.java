package dev.retort.graph.shape;

import static dev.retort.graph.shape.Models.image;
import static dev.retort.graph.shape.Models.longs;
import static dev.retort.graph.shape.Models.node;
import static dev.retort.graph.shape.Models.untyped;
import static dev.retort.graph.shape.Models.zeros;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShapeInferenceTest {
  @Test
  void theBatchStaysSymbolicThroughAConvolution() {
    Model model =
        Models.of(
            image(),
            Map.of("w", zeros(4, 3, 3, 3)),
            node("Conv", List.of("x", "w"), "y", "strides", Attribute.ofInts(2, 2)));
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[N, 4, 3, 3]");
  }

  @Test
  void symbolicImagesGiveQuotients() {
    Model model =
        Models.of(
            List.of(Dim.of("N"), Dim.of(3), Dim.of("H"), Dim.of("W")),
            Map.of("w", zeros(4, 3, 3, 3)),
            node("Conv", List.of("x", "w"), "y", "strides", Attribute.ofInts(2, 2)));
    assertThat(typeOf(model, "y"))
        .hasToString("FLOAT32[N, 4, floor((H - 3)/2) + 1, floor((W - 3)/2) + 1]");
    TensorTypes types = ShapeInference.infer(model);
    assertThat(types.dims("y", Map.of("N", 2L, "H", 9L, "W", 8L))).contains(Dims.of(2, 4, 4, 3));
    assertThat(types.dims("y", Map.of("N", 2L))).isEmpty();
  }

  @Test
  void reshapeCopiesForZeroAndSolvesForMinusOne() {
    Model model =
        Models.of(
            image(), Map.of("shape", longs(0, -1, 4)), node("Reshape", List.of("x", "shape"), "y"));
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[N, 48, 4]");
  }

  @Test
  void aShapeComputedFromTheInputIsFollowed() {
    Model model =
        Models.of(
            List.of(Dim.of("N"), Dim.of("S"), Dim.of(384)),
            Map.of("zero", Tensor.scalar(0L), "one", Tensor.scalar(1L), "heads", longs(12, 32)),
            node("Shape", List.of("x"), "shape"),
            node("Gather", List.of("shape", "zero"), "n"),
            node("Gather", List.of("shape", "one"), "s"),
            node("Unsqueeze", List.of("n", "axes"), "n1", "axes", Attribute.ofInts(0)),
            node("Unsqueeze", List.of("s"), "s1", "axes", Attribute.ofInts(0)),
            Node.of("c", "Concat", List.of("n1", "s1", "heads"), List.of("all")),
            node("Reshape", List.of("x", "all"), "y"));
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[N, S, 12, 32]");
  }

  @Test
  void whatDependsOnDataStaysUnknown() {
    Model model = Models.of(image(), Map.of(), node("NonZero", List.of("x"), "y"));
    assertThat(typeOf(model, "y")).hasToString("INT64[4, ?]");
  }

  @Test
  void anUnknownOperatorGivesNothingUnlessTheModelStatesTheType() {
    Node foreign =
        new Node("f", "com.example", "Odd", List.of("x"), List.of("y"), Map.of(), "", Opaque.NONE);
    Model silent = Models.of(image(), Map.of(), foreign);
    assertThat(ShapeInference.infer(silent).of("y")).isEmpty();
    Model stating =
        silent.withGraph(
            Graph.of(
                "g",
                List.of(foreign),
                Map.of(),
                silent.graph().inputs(),
                List.of(Models.floats("y", Dim.of("N"), Dim.of(7)))));
    assertThat(typeOf(stating, "y")).hasToString("FLOAT32[N, 7]");
  }

  @Test
  void anUnnamedDimensionOfAnInputGetsAName() {
    Model model =
        Models.of(List.of(Dim.UNKNOWN, Dim.of(10)), Map.of(), node("Relu", List.of("x"), "y"));
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[x.0, 10]");
  }

  @Test
  void symbolsCanBeBound() {
    Model model = Models.of(image(), Map.of(), node("Flatten", List.of("x"), "y"));
    TensorTypes types = ShapeInference.infer(model, Map.of("N", 5L));
    assertThat(types.dims("y")).contains(Dims.of(5, 192));
    assertThat(types.names()).containsExactly("x", "y");
  }

  @Test
  void broadcastingTwoDifferentSymbolsIsNotGuessed() {
    Model model =
        withSecondInput(
            Models.of(
                List.of(Dim.of("N"), Dim.of("S")), Map.of(), node("Add", List.of("x", "z"), "y")),
            Models.floats("z", Dim.of("N"), Dim.of("T")));
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[N, ?]");
  }

  @Test
  void aSliceToASymbolicLengthBroadcastsWithThatLength() {
    Model model =
        Models.of(
            List.of(Dim.of("N"), Dim.of("S")),
            Map.of("table", zeros(512), "one", longs(1), "zero", longs(0)),
            node("Shape", List.of("x"), "shape"),
            node("Gather", List.of("shape", "one"), "length"),
            node("Slice", List.of("table", "zero", "length"), "part"),
            node("Add", List.of("x", "part"), "y"));
    assertThat(typeOf(model, "part")).hasToString("FLOAT32[min(S, 512)]");
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[N, S]");
  }

  @Test
  void bothBranchesOfAConditionalDecide() {
    Graph yes = branch(node("Relu", List.of("x"), "a"));
    Graph no = branch(node("Flatten", List.of("x"), "b", "axis", Attribute.of(2)));
    Node choice =
        node(
            "If",
            List.of("condition"),
            "y",
            "then_branch",
            new Attribute.SubGraph(yes),
            "else_branch",
            new Attribute.SubGraph(no));
    Model model =
        Models.of(
            List.of(Dim.of("N"), Dim.of(3)),
            Map.of("condition", Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1)),
            choice);
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[?, ?]");
  }

  @Test
  void aFunctionIsFollowedWithTheAttributesOfItsCall() {
    Node body = node("Flatten", List.of("in"), "out", "axis", new Attribute.Reference("split", 2));
    Function function =
        new Function(
            "com.example",
            "Flat",
            List.of("in"),
            List.of("out"),
            List.of(body),
            List.of(new OperatorSet("", 17)),
            Opaque.NONE);
    Node call =
        new Node(
            "call",
            "com.example",
            "Flat",
            List.of("x"),
            List.of("y"),
            Map.of("split", Attribute.of(2L)),
            "",
            Opaque.NONE);
    Model plain = Models.of(image(), Map.of(), call);
    Model model =
        new Model(
            8,
            List.of(new OperatorSet("", 17), new OperatorSet("com.example", 1)),
            "",
            "",
            plain.graph(),
            List.of(function),
            Map.of(),
            Opaque.NONE);
    assertThat(typeOf(model, "y")).hasToString("FLOAT32[3*N, 64]");
  }

  @Test
  void aMalformedNodeLeavesItsOutputUnknown() {
    Model model =
        Models.of(image(), Map.of(), node("Softmax", List.of("x"), "y", "axis", Attribute.of(9L)));
    assertThat(ShapeInference.infer(model).of("y")).isEmpty();
  }

  @Test
  void smallIntegerTensorsAreKnownByValue() {
    Model model =
        Models.of(
            List.of(Dim.of(2), Dim.of(3)),
            Map.of(),
            node("Shape", List.of("x"), "shape"),
            node("ReduceProd", List.of("shape"), "count", "keepdims", Attribute.of(0L)));
    TensorTypes types = ShapeInference.infer(model);
    assertThat(types.values("shape")).contains(List.of(2L, 3L));
    assertThat(types.values("count")).contains(List.of(6L));
    assertThat(types.values("x")).isEmpty();
  }

  @Test
  void aReductionOfEverythingIsAScalarWhateverItReduces() {
    Model model =
        Models.of(
            image(),
            Map.of(),
            node("NoSuchOperator", List.of("x"), "u"),
            node("Cast", List.of("u"), "v", "to", Attribute.of(1L)),
            node("ReduceSum", List.of("v"), "y", "keepdims", Attribute.of(0L)));

    assertThat(typeOf(model, "y")).hasToString("FLOAT32[]");
  }

  @Test
  void inferenceFromInputsBelievesNoStatedInnerShape() {
    Model model = Models.of(image(), Map.of(), node("NoSuchOperator", List.of("x"), "y"));
    ValueInfo stated = Models.floats("y", Dim.of(7));
    Graph graph = model.graph();
    Model stating =
        model.withGraph(
            Graph.of("stating", graph.nodes(), Map.of(), graph.inputs(), List.of(stated)));

    assertThat(typeOf(stating, "y")).hasToString("FLOAT32[7]");
    assertThat(ShapeInference.inferFromInputs(stating).of("y").orElseThrow())
        .hasToString("FLOAT32[...]");
  }

  private static Graph branch(Node node) {
    return Graph.of("branch", List.of(node), Map.of(), List.of(), List.of(untyped(node.output(0))));
  }

  private static Model withSecondInput(Model model, ValueInfo input) {
    Graph graph = model.graph();
    return model.withGraph(
        Graph.of(
            "two",
            graph.nodes(),
            graph.initializers(),
            List.of(graph.inputs().get(0), input),
            graph.outputs()));
  }

  private static ValueType.OfTensor typeOf(Model model, String tensor) {
    Optional<ValueType.OfTensor> type = ShapeInference.infer(model).of(tensor);
    assertThat(type).isPresent();
    return type.get();
  }
}
