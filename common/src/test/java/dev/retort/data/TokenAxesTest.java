package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.MiniLm;
import dev.retort.error.UnsupportedModelError;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TokenAxesTest {
  private static final Dim N = Dim.of("N");
  private static final Dim S = Dim.of("S");

  @Test
  void axesOfTheSizeOfTheTokensFollowThem() {
    Model model =
        model(
            S,
            Node.of("embed", "Gather", List.of("table", "input_ids"), List.of("hidden")),
            Node.of("turn", "Transpose", List.of("hidden"), List.of("turned"), Map.of()),
            Node.of("mask", "Unsqueeze", List.of("input_ids", "one"), List.of("row")),
            Node.of("cross", "Unsqueeze", List.of("input_ids", "two"), List.of("column")),
            Node.of("square", "Add", List.of("row", "column"), List.of("scores")),
            Node.of("pool", "ReduceMax", List.of("hidden"), List.of("pooled"), Map.of()));

    assertThat(TokenAxes.of(model, List.of("hidden", "scores")))
        .isEqualTo(Map.of("hidden", List.of(0), "scores", List.of(0, 1)));
  }

  @Test
  void aModelWithoutTokensHasNoSuchAxes() {
    ValueInfo x = ValueInfo.of("x", ValueType.OfTensor.of(ElementType.FLOAT32, N, S));
    Node relu = Node.of("relu", "Relu", List.of("x"), List.of("y"));
    Model model = Model.of(Graph.of("g", List.of(relu), Map.of(), List.of(x), List.of(x)));

    assertThat(TokenAxes.of(model, List.of("y"))).isEmpty();
  }

  @Test
  void aTensorWhosePaddingCannotBeToldIsRefused() {
    Node flat = Node.of("flat", "Reshape", List.of("input_ids", "all"), List.of("flat"));

    assertThatThrownBy(() -> TokenAxes.of(model(S, flat), List.of("flat")))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("Cannot observe tensor flat on texts: its shape is [")
        .hasMessageContaining("must be N and then sizes or S");
    assertThatThrownBy(() -> TokenAxes.of(model(Dim.of(8), flat), List.of("input_ids")))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("its shape is [N, 8], must be N and then sizes or 8");
  }

  @Test
  void allThatMiniLmMultipliesIsKnown() {
    Model model =
        Fusion.apply(
                Preprocessing.prepend(OnnxReader.read(MiniLm.model()), List.of(Texts.input(64))))
            .model();
    TreeSet<String> multiplied = new TreeSet<>();
    for (Node node : model.graph().nodes()) {
      if (node.is("MatMul")) {
        multiplied.addAll(node.inputs());
        multiplied.addAll(node.outputs());
      }
    }
    multiplied.removeAll(model.graph().initializers().keySet());

    assertThat(multiplied).hasSizeGreaterThan(60);
    assertThat(TokenAxes.of(model, multiplied).values())
        .hasSize(multiplied.size())
        .contains(List.of(0), List.of(1), List.of(1, 2));
  }

  private static Model model(Dim tokens, Node... nodes) {
    ValueInfo ids = ValueInfo.of("input_ids", ValueType.OfTensor.of(ElementType.INT64, N, tokens));
    Map<String, Tensor> constants =
        Map.of(
            "table", Tensor.ofFloats(Dims.of(4, 3), new float[12]),
            "one", Tensor.ofLongs(Dims.of(1), 1),
            "two", Tensor.ofLongs(Dims.of(1), 2),
            "all", Tensor.ofLongs(Dims.of(1), -1));
    return Model.of(Graph.of("g", List.of(nodes), constants, List.of(ids), List.of(ids)));
  }
}
