package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.SparseTensorProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private static final Tensor ONE = Tensor.scalar(1f);

  @Test
  void everyFormOfConstantBecomesAnInitializer() {
    Node sum = Node.of("sum", "Custom", List.of("a", "b", "c", "d", "e", "f", "g"), List.of("y"));
    Model model =
        read(
            Map.of(),
            constant("a", "value", Attribute.of(ONE)),
            constant("b", "value_int", Attribute.of(3)),
            constant("c", "value_ints", Attribute.ofInts(1, 2)),
            constant("d", "value_float", Attribute.of(0.5f)),
            constant("e", "value_floats", new Attribute.Reals(List.of(1f, 2f))),
            constant("f", "value_string", Attribute.of("text")),
            constant("g", "value_strings", new Attribute.Texts(List.of("s", "t"))),
            sum);
    assertThat(model.graph().nodes()).containsExactly(sum);
    assertThat(model.graph().initializers())
        .containsEntry("a", ONE)
        .containsEntry("b", Tensor.scalar(3L))
        .containsEntry("c", Tensor.ofLongs(Dims.of(2), 1, 2))
        .containsEntry("d", Tensor.scalar(0.5f))
        .containsEntry("e", Tensor.ofFloats(Dims.of(2), 1, 2))
        .containsEntry("f", Tensor.ofStrings(Dims.scalar(), "text"))
        .containsEntry("g", Tensor.ofStrings(Dims.of(2), "s", "t"));
  }

  @Test
  void aConstantThatTheModelReturnsStaysANode() {
    Model model = read(Map.of(), constant("y", "value", Attribute.of(ONE)));
    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Constant");
  }

  @Test
  void readersOfAnIdentityOfAConstantReadTheConstant() {
    Model model =
        read(
            Map.of("w", ONE),
            Node.of("i", "Identity", List.of("w"), List.of("alias")),
            Node.of("j", "Identity", List.of("alias"), List.of("second")),
            Node.of("choose", "If", List.of("x"), List.of("z"))
                .withAttribute("then_branch", branch("Relu", "alias", "t")),
            Node.of("add", "Add", List.of("z", "second"), List.of("y")));
    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("choose", "add");
    assertThat(model.graph().nodes().get(1).inputs()).containsExactly("z", "w");
    assertThat(model.graph().nodes().get(0).subGraphs().get(0).nodes().get(0).inputs())
        .containsExactly("w");
  }

  @Test
  void anIdentityOfAnInputOrOfWhatTheModelReturnsStays() {
    Model model =
        read(
            Map.of("w", ONE),
            Node.of("input", "Identity", List.of("x"), List.of("copy")),
            Node.of("use", "Relu", List.of("copy"), List.of("used")),
            Node.of("returned", "Identity", List.of("w"), List.of("y")));
    assertThat(model.graph().nodes())
        .extracting(Node::name)
        .containsExactly("input", "use", "returned");
  }

  @Test
  void branchesGetNamesOfTheirOwn() {
    Model model =
        read(
            Map.of(),
            Node.of("choose", "If", List.of("x"), List.of("y"))
                .withAttribute("then_branch", branch("Relu", "x", "y"))
                .withAttribute("else_branch", branch("Neg", "x", "y")));
    List<Graph> branches = model.graph().nodes().get(0).subGraphs();
    assertThat(branches)
        .extracting(graph -> graph.outputs().get(0).name())
        .containsExactly("y_1", "y_2");
    assertThat(branches)
        .extracting(graph -> graph.nodes().get(0).output(0))
        .containsExactly("y_1", "y_2");
  }

  @Test
  void aGraphInAGraphKeepsToTheNewNamesAroundIt() {
    Graph inner = ((Attribute.SubGraph) branch("Relu", "t", "i")).value();
    Graph outer =
        Graph.of(
            "outer",
            List.of(
                Node.of("t", "Neg", List.of("x"), List.of("t")),
                Node.of("if", "If", List.of("x"), List.of("o"))
                    .withAttribute("then_branch", new Attribute.SubGraph(inner))),
            Map.of(),
            List.of(),
            List.of(info("o")));
    Node first =
        Node.of("first", "If", List.of("x"), List.of("t"))
            .withAttribute("then_branch", new Attribute.SubGraph(outer));
    Model model = read(Map.of(), first, Node.of("last", "Relu", List.of("t"), List.of("y")));
    Graph renamed = model.graph().nodes().get(0).subGraphs().get(0);
    assertThat(renamed.nodes().get(0).outputs()).containsExactly("t_1");
    assertThat(renamed.nodes().get(1).subGraphs().get(0).nodes().get(0).inputs())
        .containsExactly("t_1");
  }

  @Test
  void everyNodeGetsANameOfItsOwn() {
    Model model =
        read(
            Map.of(),
            Node.of("", "Relu", List.of("x"), List.of("a")),
            Node.of("same", "Relu", List.of("a"), List.of("b")),
            Node.of("same", "Relu", List.of("b"), List.of("c")),
            Node.of("", "Relu", List.of("c"), List.of("y")));
    assertThat(model.graph().nodes())
        .extracting(Node::name)
        .containsExactly("Relu_0", "same", "same_1", "Relu_1");
  }

  @Test
  void nodesAreSorted() {
    Model model =
        read(
            Map.of(),
            Node.of("last", "Add", List.of("a", "b"), List.of("y")),
            Node.of("second", "Relu", List.of("a"), List.of("b")),
            Node.of("first", "Relu", List.of("x"), List.of("a")));
    assertThat(model.graph().nodes())
        .extracting(Node::name)
        .containsExactly("first", "second", "last");
  }

  @Test
  void aLongUnsortedChainIsSorted() {
    int length = 20_000;
    Node[] nodes = new Node[length];
    for (int i = 0; i < length; i++) {
      String input = i == length - 1 ? "x" : "t" + (i + 1);
      nodes[i] = Node.of("n" + i, "Relu", List.of(input), List.of(i == 0 ? "y" : "t" + i));
    }
    assertThat(read(Map.of(), nodes).graph().nodes().get(0).name()).isEqualTo("n" + (length - 1));
  }

  @Test
  void aCycleIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    Map.of(),
                    Node.of("a", "Relu", List.of("y"), List.of("t")),
                    Node.of("b", "Relu", List.of("t"), List.of("y"))))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot read model in memory: node '")
        .hasMessageContaining("depends on its own output");
  }

  @Test
  void aTensorThatIsDefinedTwiceIsRefused() {
    Node relu = Node.of("a", "Relu", List.of("x"), List.of("y"));
    assertThatThrownBy(() -> read(Map.of(), relu, relu))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tensor 'y' is defined twice");
    assertThatThrownBy(() -> read(Map.of("y", ONE), relu))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tensor 'y' is defined twice");
  }

  @Test
  void beforeIrVersion4EveryInitializerIsAConstant() {
    Graph graph =
        Graph.of(
            "g",
            List.of(Node.of("add", "Add", List.of("x", "w"), List.of("y"))),
            Map.of("w", ONE),
            List.of(info("x"), info("w")),
            List.of(info("y")));
    Model old = read(Model.of(graph).withIrVersion(3));
    assertThat(old.graph().inputs()).extracting(ValueInfo::name).containsExactly("x");
    assertThat(old.irVersion()).isEqualTo(4);
    Model newer = read(Model.of(graph).withIrVersion(4));
    assertThat(newer.graph().inputs()).extracting(ValueInfo::name).containsExactly("x", "w");
  }

  @Test
  void aSparseInitializerBecomesASparseConstant() throws Exception {
    ModelProto.Builder proto =
        ModelProto.parseFrom(
            OnnxWriter.toBytes(
                model(Map.of(), Node.of("add", "Add", List.of("x", "w"), List.of("y")))))
            .toBuilder();
    proto
        .getGraphBuilder()
        .addSparseInitializer(
            SparseTensorProto.newBuilder()
                .addDims(3)
                .setValues(
                    TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(ElementType.FLOAT32.number())
                        .addDims(1)
                        .addFloatData(2f))
                .setIndices(
                    TensorProto.newBuilder()
                        .setDataType(ElementType.INT64.number())
                        .addDims(1)
                        .addInt64Data(1)));
    Model model =
        OnnxReader.parse(proto.build().toByteString().asReadOnlyByteBuffer(), Path.of("."));
    assertThat(GraphEditor.of(model).build().graph().nodes())
        .extracting(Node::opType)
        .containsExactly("Constant", "Add");
    Map<String, Tensor> inputs = Map.of("x", Tensor.ofFloats(Dims.of(3), 1, 1, 1));
    assertThat(ReferenceRuntime.run(OnnxWriter.toBytes(model), inputs))
        .isEqualTo(ReferenceRuntime.run(proto.build().toByteArray(), inputs))
        .containsEntry("y", Tensor.ofFloats(Dims.of(3), 1, 3, 1));
  }

  private static Model read(Map<String, Tensor> initializers, Node... nodes) {
    return read(model(initializers, nodes));
  }

  private static Model read(Model model) {
    return OnnxReader.parse(ByteBuffer.wrap(OnnxWriter.toBytes(model)), Path.of("."));
  }

  private static Model model(Map<String, Tensor> initializers, Node... nodes) {
    return Model.of(
        Graph.of("g", List.of(nodes), initializers, List.of(info("x")), List.of(info("y"))));
  }

  private static Node constant(String output, String attribute, Attribute value) {
    return Node.of("", "Constant", List.of(), List.of(output), Map.of(attribute, value));
  }

  private static Attribute branch(String operator, String input, String output) {
    return new Attribute.SubGraph(
        Graph.of(
            "branch",
            List.of(Node.of("", operator, List.of(input), List.of(output))),
            Map.of(),
            List.of(),
            List.of(info(output))));
  }

  private static ValueInfo info(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(3)));
  }
}
