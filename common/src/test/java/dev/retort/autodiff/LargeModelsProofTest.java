package dev.retort.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.MiniLm;
import dev.retort.autodiff.DirectionCheck.WeightError;
import dev.retort.fusion.OcrModels;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of others: a transformer, and a convolutional network of symbolic image size. */
@Tag("proof")
class LargeModelsProofTest {
  private static final double[] STEPS = {1e-1, 1e-2, 1e-3};

  @TempDir Path folder;

  /** All 101 weights, with tokens that occur several times, under a random linear form. */
  @Test
  void everyWeightOfMiniLmAgreesWithDifferences() {
    Model model = OnnxReader.read(MiniLm.model());
    Random random = new Random(1);
    int texts = 2;
    int tokens = 12;
    long[] ids = random.longs((long) texts * tokens, 1000, 1008).toArray();
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 0, ids.length - 3, 1);
    Dims dims = Dims.of(texts, tokens);
    Map<String, Tensor> inputs =
        Map.of(
            "input_ids", Tensor.ofLongs(dims, ids),
            "attention_mask", Tensor.ofLongs(dims, mask),
            "token_type_ids", Tensor.ofLongs(dims, new long[ids.length]));
    String output = model.graph().outputs().get(0).name();
    Model loss =
        Losses.linear(
            model,
            output,
            Case.floats(ElementType.FLOAT32, random::nextGaussian, texts, tokens, 384));
    List<String> weights =
        model.graph().initializers().entrySet().stream()
            .filter(e -> e.getValue().type().isFloat() && e.getValue().elementCount() > 1)
            .map(Map.Entry::getKey)
            .toList();

    List<WeightError> errors = DirectionCheck.errors(loss, weights, inputs, STEPS, random);

    assertThat(errors).hasSize(101);
    assertThat(errors)
        // The bias of keys shifts all scores of a row alike: its gradient is rounding.
        .filteredOn(error -> !error.weight().endsWith("key.bias"))
        .allSatisfy(error -> assertThat(error.relative()).as("%s", error).isLessThan(2e-3));
  }

  /**
   * A third of the convolutions. As it is, with its kinks, and with smooth functions in the place
   * of those: the difference between the two is that of the finite differences.
   */
  @Test
  void weightsOfTheTextDetectorAgreeWithDifferences() throws IOException, InterruptedException {
    Model model = OcrModels.withoutLastNode(OcrModels.fetch(folder).model("ch_PP-OCRv4_det_infer"));

    assertThat(errors(model))
        .allSatisfy(error -> assertThat(error.relative()).as("%s", error).isLessThan(5e-2));
    assertThat(errors(smooth(model)))
        // What squeezes next to nothing into a gate drowns in rounding.
        .filteredOn(error -> error.norm() > 1e-2)
        .allSatisfy(error -> assertThat(error.relative()).as("%s", error).isLessThan(5e-3));
  }

  private static List<WeightError> errors(Model model) {
    Random random = new Random(3);
    Map<String, Tensor> inputs =
        Map.of("x", Case.floats(ElementType.FLOAT32, random::nextGaussian, 1, 3, 64, 96));
    String logits = model.graph().outputs().get(0).name();
    Model loss =
        Losses.linear(
            model, logits, Case.floats(ElementType.FLOAT32, random::nextGaussian, 1, 1, 64, 96));
    List<String> kernels =
        model.graph().initializers().entrySet().stream()
            .filter(e -> e.getValue().dims().rank() == 4 && e.getValue().elementCount() > 16)
            .map(Map.Entry::getKey)
            .toList();
    List<String> third =
        IntStream.range(0, kernels.size()).filter(i -> i % 3 == 0).mapToObj(kernels::get).toList();
    double[] steps = {1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4};
    return DirectionCheck.errors(loss, third, inputs, steps, random).stream()
        .filter(error -> error.norm() > 0)
        .toList();
  }

  /** Relu as Softplus, HardSigmoid as Sigmoid, a Clip to 0 and 6 as 6 times Sigmoid. */
  private static Model smooth(Model model) {
    List<Node> nodes = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      switch (node.opType()) {
        case "Relu" -> nodes.add(node.withOpType("Softplus"));
        case "HardSigmoid" -> nodes.add(node.withOpType("Sigmoid").withAttributes(Map.of()));
        case "Clip" -> {
          String inner = node.output(0) + ".inner";
          nodes.add(Node.of(inner, "Sigmoid", List.of(node.input(0)), List.of(inner)));
          nodes.add(Node.of(node.name(), "Mul", List.of(inner, node.input(2)), node.outputs()));
        }
        default -> nodes.add(node);
      }
    }
    return model.withGraph(model.graph().withNodes(nodes));
  }
}
