package dev.retort.graph.shape;

import static dev.retort.graph.shape.Models.floats;
import static dev.retort.graph.shape.Models.image;
import static dev.retort.graph.shape.Models.longs;
import static dev.retort.graph.shape.Models.node;
import static dev.retort.graph.shape.Models.untyped;
import static dev.retort.graph.shape.Models.zeros;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.retort.error.ExitCode;
import dev.retort.error.RetortException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCheckTest {
  private static final String REMEDY = "; export the model again, or repair the file";

  @ParameterizedTest
  @ValueSource(strings = {"fashion-resnet.onnx", "fashion-student.onnx"})
  void realModelsPass(String file) {
    Path models = Path.of(System.getProperty("retort.root"), "data", "models");
    Model model = OnnxReader.read(models.resolve(file));
    assertThatCode(() -> ModelCheck.check(model)).doesNotThrowAnyException();
  }

  @Test
  void thePoolThatCrashesOnnxRuntimeIsRefused() {
    refuses(
        pool("strides", Attribute.ofInts(310, 2), "kernel_shape", Attribute.ofInts(386, 2)),
        "Cannot use the model: kernel_shape with dilations of node 'y-node' (MaxPool) is 386 places"
            + " on spatial axis 0, must be at most the padded input's 8"
            + REMEDY);
  }

  @Test
  void thePoolThatCrashesIsRefusedForTheSizesOfARun() {
    Model model =
        Models.of(
            List.of(Dim.of("N"), Dim.of(3), Dim.of("H"), Dim.of("W")),
            Map.of(),
            node(
                "MaxPool",
                List.of("x"),
                "y",
                "strides",
                Attribute.ofInts(310, 2),
                "kernel_shape",
                Attribute.ofInts(386, 2)));
    assertThatCode(() -> ModelCheck.check(model)).doesNotThrowAnyException();
    assertThatThrownBy(() -> ModelCheck.check(model, Map.of("H", 28L, "W", 28L)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("kernel_shape with dilations of node 'y-node' (MaxPool)");
  }

  @ParameterizedTest
  @CsvSource({
    "strides, 0",
    "strides, -1",
    "strides, 9223372036854775807",
    "dilations, 0",
    "kernel_shape, 0"
  })
  void attributesThatNativeCodeDividesByArePositive(String name, long value) {
    refuses(
        pool("kernel_shape", Attribute.ofInts(2, 2), name, Attribute.ofInts(1, value)),
        "Cannot use the model: %s of node 'y-node' (MaxPool) is %d, must be 1 to 1048576%s"
            .formatted(name, value, REMEDY));
  }

  @Test
  void listsHaveOneNumberForEachSpatialAxis() {
    refuses(
        pool("kernel_shape", Attribute.ofInts(2, 2), "strides", Attribute.ofInts(1)),
        "strides of node 'y-node' (MaxPool) is [1], must be a list of 2");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 40, Long.MAX_VALUE})
  void padsAreSane(long pad) {
    refuses(
        pool("kernel_shape", Attribute.ofInts(2, 2), "pads", Attribute.ofInts(0, 0, pad, 0)),
        "pads of node 'y-node' (MaxPool) is " + pad + ", must be 0 to 1048576");
  }

  @Test
  void aWindowInPaddingAloneIsRefused() {
    refuses(
        pool("kernel_shape", Attribute.ofInts(2, 2), "pads", Attribute.ofInts(2, 0, 0, 0)),
        "pads of node 'y-node' (MaxPool) is [2, 0, 0, 0], must be less than the kernel, 2");
  }

  @ParameterizedTest
  @CsvSource({"0, must be 1 to 1048576", "2, 'must be 6 as group (2) and the weight say'"})
  void groupsDivideTheChannels(long group, String range) {
    Model model =
        Models.of(
            image(),
            Map.of("w", zeros(4, 3, 3, 3)),
            node("Conv", List.of("x", "w"), "y", "group", Attribute.of(group)));
    refuses(model, range);
  }

  @Test
  void theAxisLiesInTheRank() {
    refuses(
        Models.of(image(), Map.of(), node("Softmax", List.of("x"), "y", "axis", Attribute.of(4L))),
        "axis of node 'y-node' (Softmax) is 4, must be -4 to 3");
  }

  @Test
  void anAttributeHasTheTypeOfItsOperator() {
    refuses(
        Models.of(
            image(), Map.of(), node("Softmax", List.of("x"), "y", "axis", Attribute.of("one"))),
        "axis of node 'y-node' (Softmax) is Text[value=one], must be an integer");
  }

  @Test
  void anOperatorGetsItsNumberOfInputs() {
    refuses(
        Models.of(image(), Map.of(), node("Conv", List.of("x"), "y")),
        "the number of inputs of node 'y-node' (Conv) is 1, must be 2 to 3");
  }

  @Test
  void matricesFitTogether() {
    refuses(
        Models.of(
            List.of(Dim.of("N"), Dim.of(5)),
            Map.of("w", zeros(4, 3)),
            node("MatMul", List.of("x", "w"), "y")),
        "the number of rows of the second matrix of node 'y-node' (MatMul) is 4, must be 5");
  }

  @Test
  void aCycleIsRefused() {
    refuses(
        Models.of(
            image(),
            Map.of(),
            node("Add", List.of("x", "b"), "a"),
            node("Relu", List.of("a"), "b")),
        "input 'b' of node 'a-node' (Add) is computed from the node itself, must be free of cycles");
  }

  @Test
  void nodesStandInTopologicalOrder() {
    refuses(
        Models.of(
            image(), Map.of(), node("Relu", List.of("b"), "a"), node("Relu", List.of("x"), "b")),
        "input 'b' of node 'a-node' (Relu) is computed by a later node, must be computed before");
  }

  @Test
  void undefinedNamesAreRefused() {
    refuses(
        Models.of(image(), Map.of(), node("Relu", List.of("nothing"), "y")),
        "input 'nothing' of node 'y-node' (Relu) is defined nowhere");
    Graph graph = Models.of(image(), Map.of(), node("Relu", List.of("x"), "y")).graph();
    refuses(
        Model.of(Graph.of("g", graph.nodes(), Map.of(), graph.inputs(), List.of(untyped("lost")))),
        "output 'lost' is computed by no node");
  }

  @Test
  void eachNameHasOneProducer() {
    refuses(
        Models.of(
            image(), Map.of(), node("Relu", List.of("x"), "y"), node("Tanh", List.of("x"), "y")),
        "output 'y' of node 'y-node' (Tanh) is defined before, must be a new name");
    refuses(
        Models.of(image(), Map.of("y", zeros(1)), node("Relu", List.of("x"), "y")),
        "output 'y' of node 'y-node' (Relu) is defined before");
  }

  @Test
  void anOperatorThatNobodyKnowsIsNotSupported() {
    unsupported(
        Models.of(image(), Map.of(), node("Frobnicate", List.of("x"), "y")),
        "the operator of node 'y-node' is Frobnicate, must be one of ONNX");
    unsupported(
        Models.of(image(), Map.of(), foreign("com.example")),
        "the operator of node 'f' is com.example::Odd");
  }

  @Test
  void anOperatorOfALaterOpsetIsNotSupported() {
    Model model = Models.of(image(), Map.of(), node("Gelu", List.of("x"), "y"));
    unsupported(model, "the operator of node 'y-node' is Gelu");
    assertThatCode(() -> ModelCheck.check(model.withOperatorSets(List.of(new OperatorSet("", 20)))))
        .doesNotThrowAnyException();
  }

  @Test
  void operatorsOfTheRuntimeAndOfTheModelPass() {
    Model contrib = Models.of(image(), Map.of(), foreign("com.microsoft"));
    assertThatCode(() -> ModelCheck.check(contrib)).doesNotThrowAnyException();
    Model own = withFunctions(foreign("com.example"), function("Odd", "Relu", 1));
    assertThatCode(() -> ModelCheck.check(own)).doesNotThrowAnyException();
  }

  @Test
  void aFunctionThatCallsItselfIsRefused() {
    refuses(
        withFunctions(foreign("com.example"), function("Odd", "Odd", 1)),
        "function 'Odd' is recursive, must be free of calls of itself");
  }

  @Test
  void functionsThatDoubleWithEachCallAreRefused() {
    List<Function> chain = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      chain.add(function(i == 0 ? "Odd" : "F" + i, i == 39 ? "Relu" : "F" + (i + 1), 2));
    }
    refuses(
        withFunctions(foreign("com.example"), chain.toArray(Function[]::new)),
        "the number of nodes with all functions expanded is 1099511627776, must be at most 1000000");
  }

  @Test
  void namesInAFunctionAreDefined() {
    Function function =
        new Function(
            "com.example",
            "Odd",
            List.of("in"),
            List.of("out"),
            List.of(node("Relu", List.of("elsewhere"), "out")),
            List.of(),
            Opaque.NONE);
    refuses(
        withFunctions(foreign("com.example"), function),
        "input 'elsewhere' of node 'out-node' (Relu) is defined nowhere");
  }

  @Test
  void declaredSizesAreBounded() {
    Node relu = node("Relu", List.of("x"), "y");
    refuses(
        Models.of(List.of(Dim.of(1L << 40), Dim.of(1L << 40)), Map.of(), relu),
        "the shape of 'x' is [1099511627776, 1099511627776], must be at most 1099511627776 bytes");
    refuses(
        Models.of(List.of(Dim.of("N"), Dim.of(-3)), Map.of(), relu),
        "the shape of 'x' is [N, -3], must be 0 or more on each axis");
  }

  @Test
  void constantsThatBlowUpTensorsAreRefused() {
    long huge = 1L << 41;
    tooLarge("Expand", List.of("x", "c"), longs(huge, 1, 1, 1, 1));
    tooLarge("Tile", List.of("x", "c"), longs(1, huge, 1, 1));
    tooLarge("ConstantOfShape", List.of("c"), longs(huge));
    tooLarge("ConstantOfShape", List.of("c"), longs(huge, huge));
    tooLarge("Resize", List.of("x", "", "", "c"), longs(1, 3, huge, huge));
    tooLarge("Pad", List.of("x", "c"), longs(0, 0, huge, 0, 0, 0, 0, 0));
    tooLarge("HannWindow", List.of("c"), Tensor.scalar(huge));
  }

  @Test
  void aHugeRangeIsRefusedForIntegersAndFloats() {
    Map<String, Tensor> integers =
        Map.of("a", Tensor.scalar(0L), "b", Tensor.scalar(1L << 50), "d", Tensor.scalar(1L));
    refuses(
        Models.of(image(), integers, node("Range", List.of("a", "b", "d"), "y")),
        "the size of output 'y' of node 'y-node' (Range) is [1125899906842624]");
    Map<String, Tensor> floats =
        Map.of("a", Tensor.scalar(0f), "b", Tensor.scalar(1e30f), "d", Tensor.scalar(1e-30f));
    refuses(
        Models.of(image(), floats, node("Range", List.of("a", "b", "d"), "y")),
        "delta of node 'y-node' (Range)");
  }

  @Test
  void aBombInABranchOrALoopIsFound() {
    Node bomb = node("ConstantOfShape", List.of("huge"), "inner");
    Graph branch = Graph.of("b", List.of(bomb), Map.of(), List.of(), List.of(untyped("inner")));
    Node choice =
        node(
            "If",
            List.of("condition"),
            "y",
            "then_branch",
            new Attribute.SubGraph(branch),
            "else_branch",
            new Attribute.SubGraph(branch));
    Map<String, Tensor> constants =
        Map.of(
            "huge",
            longs(1L << 41),
            "condition",
            Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1));
    refuses(
        Models.of(image(), constants, choice),
        "the size of output 'inner' of node 'inner-node' (ConstantOfShape)");
    Node loop = node("Loop", List.of("", "condition"), "y", "body", new Attribute.SubGraph(branch));
    refuses(Models.of(image(), constants, loop), "the size of output 'inner'");
  }

  @Test
  void aBombInAFunctionIsFoundWithTheArgumentsOfItsCall() {
    Function expand =
        new Function(
            "com.example",
            "Odd",
            List.of("in"),
            List.of("out"),
            List.of(node("ConstantOfShape", List.of("in"), "out")),
            List.of(new OperatorSet("", 17)),
            Opaque.NONE);
    Node call = foreign("com.example").withInputs(List.of("huge"));
    Model model = withFunctions(call, expand);
    Graph graph = model.graph();
    refuses(
        model.withGraph(
            Graph.of(
                "g", graph.nodes(), Map.of("huge", longs(1L << 41)), List.of(), graph.outputs())),
        "the size of output 'out' of node 'out-node' (ConstantOfShape)");
  }

  @Test
  void anUndefinedNameInABranchIsFound() {
    Graph branch =
        Graph.of(
            "b",
            List.of(node("Relu", List.of("lost"), "inner")),
            Map.of(),
            List.of(),
            List.of(untyped("inner")));
    Node loop = node("Loop", List.of("", ""), "y", "body", new Attribute.SubGraph(branch));
    refuses(Models.of(image(), Map.of(), loop), "input 'lost' of node 'inner-node' (Relu)");
  }

  @Test
  void theOpsetIsSane() {
    Model model = Models.of(image(), Map.of(), node("Relu", List.of("x"), "y"));
    refuses(
        model.withOperatorSets(List.of(new OperatorSet("", -5))),
        "the opset of domain '' is -5, must be 1 to 1000");
  }

  @Test
  void anInputIsGivenOnce() {
    Graph graph = Models.of(image(), Map.of(), node("Relu", List.of("x"), "y")).graph();
    refuses(
        Model.of(
            Graph.of(
                "g",
                graph.nodes(),
                Map.of(),
                List.of(floats("x", Dim.of(1)), floats("x", Dim.of(2))),
                graph.outputs())),
        "input 'x' is given twice");
  }

  @Test
  void aStaleStatedTypeOfAnInnerTensorRefusesNoModel() {
    Node foreign = foreign("com.microsoft");
    Model model =
        Models.of(
            image(), Map.of("w", zeros(4, 5)), foreign, node("MatMul", List.of("y", "w"), "z"));
    Graph graph = model.graph();
    Model stale =
        model.withGraph(
            new Graph(
                "stale",
                graph.nodes(),
                graph.initializers(),
                graph.inputs(),
                graph.outputs(),
                List.of(floats("y", Dim.of(2), Dim.of(3))),
                "",
                Opaque.NONE));
    assertThatCode(() -> ModelCheck.check(stale)).doesNotThrowAnyException();
  }

  @Test
  void integersThatWrapAroundRefuseNoModel() {
    Model model =
        Models.of(
            image(),
            Map.of("most", longs(Long.MAX_VALUE), "least", longs(Long.MIN_VALUE)),
            node("Mul", List.of("most", "most"), "product"),
            node("Neg", List.of("least"), "negative"),
            node("Add", List.of("product", "negative"), "y"));
    assertThatCode(() -> ModelCheck.check(model)).doesNotThrowAnyException();
  }

  @Test
  void sizesThatGrowIntoEndlessFormulasTakeNoTime() {
    List<Node> nodes = new ArrayList<>();
    nodes.add(node("Shape", List.of("x"), "v0"));
    for (int i = 0; i < 200; i++) {
      nodes.add(node("Mul", List.of("v" + i, "v" + i), "m" + i));
      nodes.add(node("Add", List.of("m" + i, "v0"), "a" + i));
      nodes.add(node("Div", List.of("a" + i, "seven"), "v" + (i + 1)));
    }
    Model model =
        Models.of(
            List.of(Dim.of("A"), Dim.of("B"), Dim.of("C")),
            Map.of("seven", longs(7)),
            nodes.toArray(Node[]::new));
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> ModelCheck.check(model));
  }

  /** Found by mutation: each of these ends the process inside ONNX Runtime 1.28. */
  @Test
  void otherNodesThatCrashOnnxRuntimeAreRefused() {
    Map<String, Tensor> weights = Map.of("w", zeros(1, 20, 3), "r", zeros(1, 20, 5));
    refuses(
        Models.of(
            List.of(Dim.of("S"), Dim.of(2), Dim.of(3)),
            weights,
            node("LSTM", List.of("x", "w", "r"), "y", "hidden_size", Attribute.of(1048576L))),
        "hidden_size of node 'y-node' (LSTM) is 1048576, must be 5");
    refuses(
        Models.of(
            image(),
            Map.of("k", Tensor.scalar(Long.MIN_VALUE)),
            node("Trilu", List.of("x", "k"), "y")),
        "k of node 'y-node' (Trilu) is -9223372036854775808");
    refuses(
        Models.of(
            image(),
            Map.of("i", Tensor.ofLongs(Dims.of(1, 1), 0)),
            node("GatherND", List.of("x", "i"), "y", "batch_dims", Attribute.of(Long.MAX_VALUE))),
        "batch_dims of node 'y-node' (GatherND) is 9223372036854775807, must be 0 to 1");
    refuses(
        Models.of(
            image(),
            Map.of(),
            node(
                "RandomUniformLike",
                List.of("x"),
                "y",
                "low",
                Attribute.of(Float.POSITIVE_INFINITY))),
        "low of node 'y-node' (RandomUniformLike) is Infinity, must be a finite number");
    refuses(
        Models.of(
            List.of(Dim.of(12)),
            Map.of(),
            node(
                "TfIdfVectorizer",
                List.of("x"),
                "y",
                "mode",
                Attribute.of("TF"),
                "min_gram_length",
                Attribute.of(2L),
                "max_gram_length",
                Attribute.of(2L),
                "max_skip_count",
                Attribute.of(0L),
                "ngram_counts",
                Attribute.ofInts(0, 4),
                "ngram_indexes",
                Attribute.ofInts(0, 1, 2),
                "pool_int64s",
                Attribute.ofInts(5, 6, 7, 8, 6, 7))),
        "ngram_indexes of node 'y-node' (TfIdfVectorizer) is [0, 1, 2], must be a list of 5");
  }

  private static Model pool(Object... attributes) {
    return Models.of(image(), Map.of(), node("MaxPool", List.of("x"), "y", attributes));
  }

  private static Node foreign(String domain) {
    return new Node("f", domain, "Odd", List.of("x"), List.of("y"), Map.of(), "", Opaque.NONE);
  }

  /** A function whose body calls {@code op} that many times, one after the other. */
  private static Function function(String name, String op, int calls) {
    String domain = op.equals("Relu") ? "" : "com.example";
    List<Node> body = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      String output = i == calls - 1 ? "out" : "t" + i;
      String input = i == 0 ? "in" : "t" + (i - 1);
      body.add(
          new Node(output, domain, op, List.of(input), List.of(output), Map.of(), "", Opaque.NONE));
    }
    List<OperatorSet> sets = List.of(new OperatorSet("", 17), new OperatorSet("com.example", 1));
    return new Function(
        "com.example", name, List.of("in"), List.of("out"), body, sets, Opaque.NONE);
  }

  private static Model withFunctions(Node call, Function... functions) {
    Graph graph = Models.of(image(), Map.of(), call).graph();
    List<OperatorSet> sets = List.of(new OperatorSet("", 17), new OperatorSet("com.example", 1));
    return new Model(8, sets, "", "", graph, List.of(functions), Map.of(), Opaque.NONE);
  }

  private static void tooLarge(String op, List<String> inputs, Tensor constant) {
    refuses(
        Models.of(image(), Map.of("c", constant), node(op, inputs, "y")),
        "the size of output 'y' of node 'y-node' (" + op + ")");
  }

  private static void refuses(Model model, String message) {
    assertThatThrownBy(() -> ModelCheck.check(model))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("Cannot use the model: ")
        .hasMessageContaining(message)
        .extracting(e -> ((RetortException) e).exitCode())
        .isEqualTo(ExitCode.INPUT);
  }

  private static void unsupported(Model model, String message) {
    assertThatThrownBy(() -> ModelCheck.check(model))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining(message);
  }
}
