package dev.retort.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphEditorTest {
  private static final Tensor ONE = Tensor.scalar(1f);

  @Test
  void nodesComeInTopologicalOrderWithTiesInTheOrderOfInsertion() {
    GraphEditor editor =
        GraphEditor.of(
            model(
                List.of("z", "b"),
                Map.of(),
                unary("z", "y"),
                unary("b", "x"),
                unary("y", "x"),
                unary("a", "x")));

    assertThat(editor.nodes()).extracting(Node::name).containsExactly("b", "y", "z", "a");
    assertThat(editor.build().graph().nodes()).isEqualTo(editor.nodes());
  }

  @Test
  void aReplacementTakesThePlaceOfTheOldNode() {
    GraphEditor editor =
        GraphEditor.of(model(List.of("a", "b"), Map.of(), unary("a", "x"), unary("b", "x")));

    editor.replace(editor.producer("a").orElseThrow(), Node.of("c", "Neg", in("x"), in("a")));

    assertThat(editor.nodes()).extracting(Node::name).containsExactly("c", "b");
    assertThat(editor.consumers("x")).extracting(Node::name).containsExactly("c", "b");
  }

  @Test
  void redirectOfAnInnerTensorChangesItsReaders() {
    GraphEditor editor =
        GraphEditor.of(
            model(
                List.of("z"),
                Map.of(),
                unary("y", "x"),
                unary("i", "y"),
                Node.of("z", "Add", in("i", "i"), in("z"))));

    editor.redirect("i", "y");

    assertThat(editor.producer("z").orElseThrow().inputs()).containsExactly("y", "y");
    assertThat(editor.removeUnused()).isEqualTo(1);
    assertThat(editor.build().graph().nodes()).extracting(Node::name).containsExactly("y", "z");
  }

  @Test
  void redirectOfAnOutputRenamesWhatComputesItsReplacement() {
    GraphEditor editor =
        GraphEditor.of(
            model(List.of("z", "w"), Map.of(), unary("y", "x"), unary("w", "y"), unary("z", "y")));

    editor.redirect("z", "y");

    Graph graph = editor.build().graph();
    assertThat(graph.nodes())
        .extracting(Node::toString)
        .containsExactly("z = Relu(x) [y]", "w = Relu(z) [w]");
    assertThat(graph.outputs()).extracting(ValueInfo::name).containsExactly("z", "w");
  }

  @Test
  void redirectOfAnOutputKeepsTheOtherOutputsOfItsNode() {
    Node split = Node.of("split", "Split", in("y"), in("z", "rest"));
    GraphEditor editor =
        GraphEditor.of(model(List.of("z", "rest"), Map.of(), unary("y", "x"), split));

    editor.redirect("z", "y");

    Graph graph = editor.build().graph();
    assertThat(graph.nodes())
        .extracting(Node::toString)
        .containsExactly("z = Relu(x) [y]", "z_1, rest = Split(z) [split]");
  }

  @Test
  void redirectToAnInputOrAConstantOrAnotherOutputIsRefusedForAnOutput() {
    GraphEditor editor =
        GraphEditor.of(
            model(
                List.of("z", "y"),
                Map.of("c", ONE),
                unary("y", "x"),
                Node.of("z", "Add", in("y", "c"), in("z"))));

    assertThat(editor.canRedirect("z", "x")).isFalse();
    assertThat(editor.canRedirect("z", "c")).isFalse();
    assertThat(editor.canRedirect("z", "y")).isFalse();
    assertThat(editor.canRedirect("z", "z")).isFalse();
    assertThat(editor.canRedirect("z", "")).isFalse();
    assertThatThrownBy(() -> editor.redirect("z", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot let x stand for z");
  }

  @Test
  void anInputThatIsReturnedCannotBeRedirected() {
    GraphEditor editor = GraphEditor.of(model(List.of("x"), Map.of(), unary("y", "x")));

    assertThat(editor.canRedirect("x", "y")).isFalse();
  }

  @Test
  void aNameReadInASubGraphIsAUseAndStays() {
    GraphEditor editor =
        GraphEditor.of(
            model(List.of("z"), Map.of(), unary("y", "x"), unary("i", "y"), capturing("z", "i")));

    assertThat(editor.consumers("i")).extracting(Node::name).containsExactly("z");
    assertThat(editor.canRedirect("i", "y")).isFalse();
    assertThat(editor.canRedirect("z", "i")).isFalse();
    assertThat(editor.canRedirect("z", "y")).isTrue();
    assertThat(editor.removeUnused()).isZero();
  }

  @Test
  void namesOfASubGraphAreNeverTaken() {
    GraphEditor editor =
        GraphEditor.of(model(List.of("z"), Map.of(), unary("i", "x"), capturing("z", "i")));

    assertThat(editor.freshName("inner")).isEqualTo("inner_1");
    assertThat(editor.freshName("inner")).isEqualTo("inner_2");
    assertThat(editor.addConstant("x", ONE)).isEqualTo("x_1");
    assertThat(editor.freshName("free")).isEqualTo("free");
  }

  @Test
  void theOnlyConsumerIsTheOneReaderOfATensorThatIsNotReturned() {
    GraphEditor editor =
        GraphEditor.of(
            model(
                List.of("b"),
                Map.of(),
                unary("a", "x"),
                Node.of("b", "Add", in("a", "a"), in("b")),
                unary("c", "x")));

    assertThat(editor.onlyConsumer("a").map(Node::name)).contains("b");
    assertThat(editor.onlyConsumer("b")).isEmpty();
    assertThat(editor.onlyConsumer("x")).isEmpty();
    assertThat(editor.onlyConsumer("nothing")).isEmpty();
  }

  @Test
  void removeUnusedDropsDeadChainsAndTheirConstantsOnly() {
    GraphEditor editor =
        GraphEditor.of(
            model(
                List.of("z", "k"),
                Map.of("c", ONE, "d", ONE, "k", ONE),
                unary("z", "x"),
                Node.of("a", "Add", in("x", "c"), in("a")),
                Node.of("b", "Split", in("a"), in("b", "b2")),
                Node.of("e", "Clip", in("b", "", "d"), in("e"))));

    assertThat(editor.removeUnused()).isEqualTo(3);

    Graph graph = editor.build().graph();
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("z");
    assertThat(graph.initializers()).containsOnlyKeys("k");
    assertThat(graph.inputs()).extracting(ValueInfo::name).containsExactly("x");
  }

  @Test
  void aDefaultOfAnInputIsNoConstantAndStays() {
    GraphEditor editor = GraphEditor.of(model(List.of("z"), Map.of("x", ONE), unary("z", "x")));

    assertThat(editor.constant("x")).isEmpty();
    editor.removeUnused();
    assertThat(editor.build().graph().initializers()).containsOnlyKeys("x");
  }

  @Test
  void buildRefusesANodeThatReadsWhatNothingDefines() {
    GraphEditor editor =
        GraphEditor.of(model(List.of("z"), Map.of(), unary("y", "x"), capturing("z", "y")));

    editor.remove(editor.producer("y").orElseThrow());

    assertThatThrownBy(editor::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[z] reads y, which nothing defines");
  }

  @Test
  void buildRefusesAnOutputThatNothingComputes() {
    GraphEditor editor = GraphEditor.of(model(List.of("z"), Map.of(), unary("z", "x")));

    editor.remove(editor.producer("z").orElseThrow());

    assertThatThrownBy(editor::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("output is not computed");
  }

  @Test
  void aCycleIsRefused() {
    GraphEditor editor =
        GraphEditor.of(model(List.of("z"), Map.of(), unary("y", "x"), unary("z", "y")));

    editor.replace(editor.producer("y").orElseThrow(), unary("y", "z"));

    assertThatThrownBy(editor::nodes)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cycle");
  }

  @Test
  void aSecondDefinitionOfANameIsRefusedAndLeavesTheGraphAsItWas() {
    GraphEditor editor = GraphEditor.of(model(List.of("z"), Map.of("c", ONE), unary("z", "x")));

    for (String taken : List.of("z", "x", "c")) {
      assertThatThrownBy(() -> editor.add(unary(taken, "x")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("two definitions of " + taken);
    }
    assertThat(editor.nodes()).hasSize(1);
    assertThat(editor.consumers("x")).hasSize(1);
  }

  @Test
  void aNodeThatWasRemovedCannotBeRemovedAgain() {
    GraphEditor editor = GraphEditor.of(model(List.of("z"), Map.of(), unary("z", "x")));
    Node node = editor.producer("z").orElseThrow();

    editor.remove(node);

    assertThat(editor.contains(node)).isFalse();
    assertThatThrownBy(() -> editor.remove(node)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void setConstantTakesTheNameOfARemovedNodeOrChangesAConstant() {
    GraphEditor editor =
        GraphEditor.of(
            model(
                List.of("z"),
                Map.of("c", ONE),
                unary("y", "c"),
                Node.of("z", "Add", in("x", "y"), in("z"))));

    assertThatThrownBy(() -> editor.setConstant("y", ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot make a constant of y");
    assertThatThrownBy(() -> editor.setConstant("x", ONE))
        .isInstanceOf(IllegalArgumentException.class);
    editor.remove(editor.producer("y").orElseThrow());
    editor.setConstant("y", ONE);
    editor.setConstant("c", Tensor.scalar(2f));

    assertThat(editor.constant("y")).contains(ONE);
    assertThat(editor.constant("c")).contains(Tensor.scalar(2f));
    assertThat(editor.build().graph().nodes()).extracting(Node::name).containsExactly("z");
  }

  @Test
  void typesAndOutputsCanBeAdded() {
    GraphEditor editor =
        GraphEditor.of(model(List.of("z"), Map.of(), unary("y", "x"), unary("z", "y")));
    ValueInfo y = value("y");

    editor.describe(y);
    editor.describe(value("gone"));
    Model described = editor.build();
    editor.addOutput(y);
    Model returned = editor.build();

    assertThat(described.graph().valueInfos()).containsExactly(y);
    assertThat(described.opset("")).isEqualTo(Model.OPSET);
    assertThat(editor.valueInfo("x")).contains(value("x"));
    assertThat(returned.graph().outputs()).extracting(ValueInfo::name).containsExactly("z", "y");
    assertThat(returned.graph().valueInfos()).isEmpty();
  }

  @Test
  void aModelWithoutEditsIsBuiltAsItWas() {
    Model model = model(List.of("z"), Map.of("c", ONE), unary("i", "x"), capturing("z", "i"));

    assertThat(GraphEditor.of(model).build()).isEqualTo(model);
  }

  @Test
  void aConstantThatBecomesAnInputLosesItsValue() {
    GraphEditor editor =
        GraphEditor.of(
            model(List.of("z"), Map.of("c", ONE), Node.of("z", "Add", in("x", "c"), in("z"))));

    editor.addInput(value("c"));
    editor.addInput(value("new"));

    Graph graph = editor.build().graph();
    assertThat(graph.initializers()).isEmpty();
    assertThat(graph.requiredInputs()).extracting(ValueInfo::name).containsExactly("x", "c", "new");
    assertThat(editor.freshName("new")).isEqualTo("new_1");
  }

  @Test
  void whatIsComputedOrGivenAlreadyCannotBecomeAnInput() {
    GraphEditor editor = GraphEditor.of(model(List.of("z"), Map.of(), unary("z", "x")));

    assertThatThrownBy(() -> editor.addInput(value("z")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot make an input of z");
    assertThatThrownBy(() -> editor.addInput(value("x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Model model(List<String> outputs, Map<String, Tensor> constants, Node... nodes) {
    return Model.of(
        Graph.of(
            "g",
            List.of(nodes),
            constants,
            List.of(value("x")),
            outputs.stream().map(GraphEditorTest::value).toList()));
  }

  private static ValueInfo value(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N")));
  }

  private static Node unary(String output, String input) {
    return Node.of(output, "Relu", in(input), in(output));
  }

  /** An If whose branch reads {@code captured} and computes a tensor named {@code inner}. */
  private static Node capturing(String output, String captured) {
    Graph branch =
        Graph.of(
            "branch",
            List.of(unary("inner", captured)),
            Map.of(),
            List.of(),
            List.of(value("inner")));
    return Node.of(
        output, "If", in("x"), in(output), Map.of("then_branch", new Attribute.SubGraph(branch)));
  }

  private static List<String> in(String... names) {
    return Arrays.asList(names);
  }
}
