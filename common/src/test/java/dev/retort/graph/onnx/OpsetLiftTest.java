package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each lift against ONNX Runtime, which runs the model of the old opset too: the same bits. */
class OpsetLiftTest {
  private final Random random = new Random(17);

  @ParameterizedTest
  @CsvSource({"7", "9", "11", "12"})
  void listsOfAxesBecomeInputs(long opset) {
    Tensor x = floats(2, 1, 3, 1);
    assertLifted(opset, Map.of("x", x), node("Unsqueeze", "axes", Attribute.ofInts(0, 3)));
    assertLifted(opset, Map.of("x", x), node("Squeeze", "axes", Attribute.ofInts(1)));
    assertLifted(opset, Map.of("x", x), node("Squeeze"));
    assertLifted(opset, Map.of("x", x), node("ReduceSum", "axes", Attribute.ofInts(1, 2)));
    assertLifted(opset, Map.of("x", x), node("ReduceSum"));
    assertLifted(
        opset,
        Map.of("x", x),
        node("ReduceSum", "axes", Attribute.ofInts(0)).withAttribute("keepdims", Attribute.of(0)));
  }

  @Test
  void negativeAxesStayNegative() {
    Tensor x = floats(2, 3, 1);
    assertLifted(11, Map.of("x", x), node("Unsqueeze", "axes", Attribute.ofInts(-1)));
    assertLifted(11, Map.of("x", x), node("Squeeze", "axes", Attribute.ofInts(-1)));
    assertLifted(11, Map.of("x", x), node("ReduceSum", "axes", Attribute.ofInts(-2)));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 11, 12})
  void splitTakesItsSizesAsAnInput(long opset) {
    Node split = node("Split").withOutputs(List.of("y", "z"));
    Tensor x = floats(4, 6);
    assertLifted(opset, Map.of("x", x), split);
    assertLifted(
        opset,
        Map.of("x", x),
        split
            .withAttribute("split", Attribute.ofInts(1, 5))
            .withAttribute("axis", Attribute.of(1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 9})
  void sliceTakesItsRangesAsInputs(long opset) {
    Tensor x = floats(5, 6, 2);
    Node slice =
        node("Slice", "starts", Attribute.ofInts(1, -4))
            .withAttribute("ends", Attribute.ofInts(1000, -1));
    assertLifted(opset, Map.of("x", x), slice);
    assertLifted(opset, Map.of("x", x), slice.withAttribute("axes", Attribute.ofInts(1, 0)));
  }

  @ParameterizedTest
  @CsvSource({"constant, 0", "constant, 1.5", "reflect, 0", "edge, 0"})
  void padTakesItsWidthsAndValueAsInputs(String mode, float value) {
    Node pad =
        node("Pad", "pads", Attribute.ofInts(0, 1, 2, 0, 2, 1))
            .withAttribute("mode", Attribute.of(mode))
            .withAttribute("value", Attribute.of(value));
    assertLifted(7, Map.of("x", floats(2, 3, 4)), pad);
    assertLifted(10, Map.of("x", floats(2, 3, 4)), pad);
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 10})
  void clipTakesItsBoundsAsInputs(long opset) {
    Tensor x = floats(40);
    assertLifted(opset, Map.of("x", x), node("Clip"));
    assertLifted(opset, Map.of("x", x), node("Clip", "min", Attribute.of(0f)));
    assertLifted(opset, Map.of("x", x), node("Clip", "max", Attribute.of(0.5f)));
    Node both = node("Clip", "min", Attribute.of(-0.25f)).withAttribute("max", Attribute.of(6f));
    assertLifted(opset, Map.of("x", x), both);
  }

  @Test
  void boundsOfAnInputWhoseTypeIsNotKnownAreCastToIt() {
    Node inverse =
        new Node(
            "inverse",
            "com.microsoft",
            "Inverse",
            List.of("x"),
            List.of("i"),
            Map.of(),
            "",
            Opaque.NONE);
    Node clip = node("Clip", "min", Attribute.of(0f)).withInputs(List.of("i"));
    Model lifted = assertLifted(10, Map.of("x", floats(3, 3)), inverse, clip);
    assertThat(lifted.graph().nodes()).extracting(Node::opType).contains("CastLike");
  }

  @ParameterizedTest
  @CsvSource({"Softmax", "LogSoftmax", "Hardmax"})
  void softmaxOverSeveralAxesFlattensThem(String operator) {
    Tensor x = floats(2, 3, 4, 5);
    for (long axis = 0; axis < 4; axis++) {
      Model lifted = assertLifted(12, Map.of("x", x), node(operator, "axis", Attribute.of(axis)));
      assertThat(lifted.graph().nodes()).hasSize(axis == 3 ? 1 : 4);
    }
    assertLifted(7, Map.of("x", x), node(operator));
    assertLifted(11, Map.of("x", x), node(operator, "axis", Attribute.of(-2)));
  }

  @ParameterizedTest
  @CsvSource({"Softmax", "LogSoftmax", "Hardmax"})
  void softmaxOverOneWideAxisIsThatAxis(String operator) {
    Model lifted = assertLifted(9, Map.of("x", floats(2, 5, 1, 1)), node(operator));
    assertThat(lifted.graph().nodes()).hasSize(1);
    assertThat(lifted.graph().nodes().get(0).intAttribute("axis", 0)).isEqualTo(-3);
    assertLifted(9, Map.of("x", floats(2, 1, 1)), node(operator));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 9})
  void topKTakesKAsAnInput(long opset) {
    Node topK = node("TopK", "k", Attribute.of(3)).withOutputs(List.of("y", "indices"));
    assertLifted(opset, Map.of("x", floats(2, 7)), topK);
    assertLifted(opset, Map.of("x", floats(7, 2)), topK.withAttribute("axis", Attribute.of(0)));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 10, 11})
  void dropoutTakesItsRatioAsAnInput(long opset) {
    assertLifted(opset, Map.of("x", floats(5)), node("Dropout", "ratio", Attribute.of(0.3f)));
    Node unread = node("Dropout").withOutputs(List.of("y", "mask"));
    assertThat(OpsetLift.lift(model(opset, Map.of("x", floats(5)), List.of("y"), unread)).model())
        .satisfies(m -> assertThat(m.opset("")).isEqualTo(17));
    assertNotLifted(opset, unread, "its mask 'mask' is read");
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8, 9, 13})
  void batchNormalizationLosesItsOldAttributes(long opset) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", floats(2, 3, 4));
    for (String name : List.of("scale", "bias", "mean")) {
      tensors.put(name, floats(3));
    }
    tensors.put("variance", Tensor.ofFloats(Dims.of(3), 0.5f, 1, 2));
    Node node =
        node("BatchNormalization").withInputs(List.of("x", "scale", "bias", "mean", "variance"));
    assertLifted(opset, tensors, node);
    if (opset < 9) {
      assertLifted(opset, tensors, node.withAttribute("spatial", Attribute.of(1)));
      assertNotLifted(opset, node.withAttribute("spatial", Attribute.of(0)), "'spatial' is 0");
    }
    assertNotLifted(opset, node.withOutputs(List.of("y", "m")), "outputs of training");
  }

  @ParameterizedTest
  @CsvSource({"nearest, 2, 3", "nearest, 1.5, 2.7", "linear, 2, 2", "linear, 1.5, 3"})
  void upsampleBecomesResize(String mode, float height, float width) {
    Tensor x = floats(1, 2, 4, 5);
    Node node = node("Upsample", "mode", Attribute.of(mode));
    Attribute scales = new Attribute.Reals(List.of(1f, 1f, height, width));
    assertLifted(7, Map.of("x", x), node.withAttribute("scales", scales));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", x);
    tensors.put("scales", Tensor.ofFloats(Dims.of(4), 1, 1, height, width));
    assertLifted(9, tensors, node.withInputs(List.of("x", "scales")));
  }

  @ParameterizedTest
  @CsvSource({
    "nearest, 2, 3",
    "nearest, 1.5, 2.7",
    "nearest, 0.5, 0.6",
    "linear, 2, 2",
    "linear, 0.5, 0.7"
  })
  void resizeOfOpset10StatesItsCoordinates(String mode, float height, float width) {
    Tensor scales = Tensor.ofFloats(Dims.of(4), 1, 1, height, width);
    Node node = node("Resize", "mode", Attribute.of(mode)).withInputs(List.of("x", "scales"));
    Model model = model(10, Map.of("x", floats(1, 2, 6, 5)), List.of("y"), node);
    assertLifted(withConstant(model, "scales", scales), Map.of("x", floats(1, 2, 6, 5)));
  }

  @Test
  void resizeOfOpset10IsRefusedWhereItsRoundingIsNotKnown() {
    Node node = node("Resize").withInputs(List.of("x", "scales"));
    assertNotLifted(10, node, "its scales are computed");
    Tensor mixed = Tensor.ofFloats(Dims.of(2), 2, 0.5f);
    Model model = model(10, Map.of("x", floats(4, 4)), List.of("y"), node);
    assertThat(OpsetLift.lift(withConstant(model, "scales", mixed)).reasonsNotLifted())
        .singleElement()
        .asString()
        .contains("one axis up and one down");
  }

  @Test
  void roiAlignKeepsItsCoordinates() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", floats(1, 1, 8, 8));
    tensors.put("rois", Tensor.ofFloats(Dims.of(2, 4), 0, 0, 5, 6, 2, 1, 7, 7));
    tensors.put("batches", Tensor.ofLongs(Dims.of(2), 0, 0));
    Node node =
        node("RoiAlign", "output_height", Attribute.of(2))
            .withAttribute("output_width", Attribute.of(3))
            .withInputs(List.of("x", "rois", "batches"));
    assertLifted(10, tensors, node);
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 10})
  void scatterBecomesScatterElements(long opset) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", floats(3, 3));
    tensors.put("indices", Tensor.ofLongs(Dims.of(2, 3), 1, 0, 2, 0, 2, 1));
    tensors.put("updates", floats(2, 3));
    assertLifted(opset, tensors, node("Scatter").withInputs(List.copyOf(tensors.keySet())));
  }

  @Test
  void nodesInSubGraphsAreLiftedToo() {
    Node inner =
        Node.of("inner", "Unsqueeze", List.of("x"), List.of("branch"))
            .withAttribute("axes", Attribute.ofInts(0));
    Graph branch = Graph.of("branch", List.of(inner), Map.of(), List.of(), List.of(info("branch")));
    Node choose =
        Node.of("choose", "If", List.of("c"), List.of("y"))
            .withAttribute("then_branch", new Attribute.SubGraph(branch))
            .withAttribute("else_branch", new Attribute.SubGraph(branch));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", floats(3));
    tensors.put("c", Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1));
    assertLifted(11, tensors, choose);
  }

  @Test
  void equalConstantsAreShared() {
    Node first = node("Unsqueeze", "axes", Attribute.ofInts(0)).withOutputs(List.of("u"));
    Node second = node("Unsqueeze", "axes", Attribute.ofInts(0)).withInputs(List.of("u"));
    Model lifted = assertLifted(11, Map.of("x", floats(3)), first, second.withName("second"));
    assertThat(lifted.graph().initializers()).hasSize(1);
  }

  @Test
  void aModelWithAnUnknownOperatorKeepsItsOpsetAndSaysWhy() {
    assertNotLifted(9, node("Affine"), "node 'Affine' (Affine): the operator is not known");
    assertNotLifted(9, node("ThresholdedRelu"), "came with opset 10, the model has 9");
    assertNotLifted(9, node("TopK"), "attribute 'k' is missing");
    assertNotLifted(9, node("Unsqueeze", "axes", Attribute.of(1)), "no list of integers");
    assertNotLifted(9, node("Upsample", "mode", Attribute.of("cubic")), "must be nearest");
    assertNotLifted(7, node("Upsample"), "its scales are missing");
  }

  @Test
  void anOperatorThatWasRemovedBeforeTheOpsetOfTheModelIsRefused() {
    assertNotLifted(11, node("Scatter"), "ended with opset 11, the model has 11");
    assertNotLifted(13, node("Upsample"), "ended with opset 10, the model has 13");
  }

  @Test
  void aModelOfAVeryOldOpsetKeepsIt() {
    assertNotLifted(6, node("Relu"), "its opset is 6, must be 7 or more");
  }

  @Test
  void aNewerModelStaysAsItIs() {
    Model model = model(18, Map.of("x", floats(3)), List.of("y"), node("Relu"));
    assertThat(OpsetLift.lift(model)).isEqualTo(new OpsetLift.LiftResult(model, List.of()));
  }

  @Test
  void aModelWithFunctionsKeepsItsOpset() {
    Model model = model(15, Map.of("x", floats(3)), List.of("y"), node("Relu"));
    Model withFunction =
        new Model(
            model.irVersion(),
            model.operatorSets(),
            "",
            "",
            model.graph(),
            List.of(
                new Function(
                    "local", "F", List.of("a"), List.of("b"), List.of(), List.of(), Opaque.NONE)),
            Map.of(),
            Opaque.NONE);
    assertThat(OpsetLift.lift(withFunction).model()).isEqualTo(withFunction);
    assertThat(OpsetLift.lift(withFunction).reasonsNotLifted())
        .containsExactly("its functions state operator sets of their own, must have none");
  }

  private Model assertLifted(long opset, Map<String, Tensor> inputs, Node... nodes) {
    List<String> outputs = nodes[nodes.length - 1].outputs();
    return assertLifted(model(opset, inputs, outputs, nodes), inputs);
  }

  private static Model assertLifted(Model model, Map<String, Tensor> inputs) {
    OpsetLift.LiftResult result = OpsetLift.lift(model);
    assertThat(result.reasonsNotLifted()).isEmpty();
    assertThat(result.model().opset("")).isEqualTo(17);
    try {
      assertThat(ReferenceRuntime.run(OnnxWriter.toBytes(result.model()), inputs))
          .isEqualTo(ReferenceRuntime.run(OnnxWriter.toBytes(model), inputs));
    } catch (OrtException e) {
      throw new AssertionError(ModelPrinter.print(model) + ModelPrinter.print(result.model()), e);
    }
    return result.model();
  }

  private void assertNotLifted(long opset, Node node, String reason) {
    Model model = model(opset, Map.of("x", floats(3)), node.outputs(), node);
    OpsetLift.LiftResult result = OpsetLift.lift(model);
    assertThat(result.model()).isSameAs(model);
    assertThat(result.reasonsNotLifted()).singleElement().asString().contains(reason);
  }

  private static Model model(
      long opset, Map<String, Tensor> inputs, List<String> outputs, Node... nodes) {
    List<ValueInfo> infos =
        inputs.entrySet().stream().map(e -> ValueInfo.of(e.getKey(), type(e.getValue()))).toList();
    Graph graph =
        Graph.of(
            "g",
            List.of(nodes),
            Map.of(),
            infos,
            outputs.stream().map(OpsetLiftTest::info).toList());
    return Model.of(graph)
        .withOperatorSets(List.of(new OperatorSet("", opset), new OperatorSet("com.microsoft", 1)));
  }

  private static Model withConstant(Model model, String name, Tensor value) {
    return model.withGraph(model.graph().withInitializers(Map.of(name, value)));
  }

  private static ValueType type(Tensor tensor) {
    Dim[] dims = Arrays.stream(tensor.dims().toArray()).mapToObj(Dim::of).toArray(Dim[]::new);
    return ValueType.OfTensor.of(tensor.type(), dims);
  }

  private static ValueInfo info(String name) {
    return ValueInfo.of(name, new ValueType.Other(Opaque.NONE));
  }

  private static Node node(String operator) {
    return Node.of(operator, operator, List.of("x"), List.of("y"));
  }

  private static Node node(String operator, String attribute, Attribute value) {
    return node(operator).withAttribute(attribute, value);
  }

  private Tensor floats(long... sizes) {
    Dims dims = Dims.of(sizes);
    float[] values = new float[(int) dims.elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(dims, values);
  }
}
