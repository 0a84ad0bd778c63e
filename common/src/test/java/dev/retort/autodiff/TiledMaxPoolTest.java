package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TiledMaxPoolTest {
  private final Case built = new Case(new Random(1), ElementType.FLOAT32).fixed();

  private Differentiated model(Tensor image, long... strides) {
    String x = built.weight(image);
    String y =
        built.node("MaxPool", List.of(x), "kernel_shape", new long[] {2, 2}, "strides", strides);
    String loss = built.node("ReduceSum", List.of(y), "keepdims", 0);
    return Gradients.of(built.model(List.of(loss)), loss, List.of(x));
  }

  private double[] gradient(Differentiated model) {
    try (Evaluation evaluation = new Evaluation(model.model(), built.values())) {
      return GradientCheck.doubles(
          evaluation.run().get(model.gradients().values().iterator().next()));
    }
  }

  @Test
  void equalMaximaShareAndTheRestBehindTheLastWindowHasNone() {
    Tensor image = Tensor.ofFloats(Dims.of(1, 1, 2, 5), 3, 1, 7, 7, 9, 2, 3, 7, 7, 9);

    double[] gradient = gradient(model(image, 2, 2));

    assertThat(gradient).containsExactly(0.5, 0, 0.25, 0.25, 0, 0, 0.5, 0.25, 0.25, 0);
  }

  @Test
  void theForwardPoolNeedsNoIndices() {
    Differentiated model = model(Tensor.ofFloats(Dims.of(1, 1, 2, 2), 1, 2, 3, 4), 2, 2);

    assertThat(model.model().graph().nodes())
        .filteredOn(node -> node.is("MaxPool"))
        .allSatisfy(node -> assertThat(node.outputs()).hasSize(1));
    assertThat(gradient(model)).containsExactly(0, 0, 0, 1);
  }

  @Test
  void overlappingWindowsTakeTheIndices() {
    Differentiated model =
        model(Tensor.ofFloats(Dims.of(1, 1, 3, 3), 1, 2, 3, 4, 9, 5, 6, 7, 8), 1, 1);

    assertThat(model.model().graph().nodes()).extracting(Node::opType).contains("ScatterElements");
    assertThat(gradient(model)).containsExactly(0, 0, 0, 0, 4, 0, 0, 0, 0);
  }
}
