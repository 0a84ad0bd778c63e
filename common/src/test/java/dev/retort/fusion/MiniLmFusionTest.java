package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.MiniLm;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.plan.Decision;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;

/** A transformer: nothing in it is folded arithmetic, so fusing must not change a bit. */
class MiniLmFusionTest {
  private static final int VOCABULARY = 30_522;

  @Test
  void nodesThatComputeTheSameGoSquaresAreProductsAndEveryBitStays() {
    Model model = OnnxReader.read(MiniLm.model());

    FusionResult result = Fusion.apply(model);

    assertThat(result.plan().decisions())
        .extracting(Decision::reason)
        .haveExactly(24, of("EliminateCommonSubexpressions"))
        .haveExactly(13, of("ReplaceSquareWithMul"))
        .hasSize(37);
    assertThat(result.model().graph().nodes()).hasSize(model.graph().nodes().size() - 24);
    Map<String, Tensor> inputs = inputs(3, 17);
    assertThat(Runs.run(result.model(), inputs)).isEqualTo(Runs.run(model, inputs));
  }

  private static Condition<String> of(String rule) {
    return new Condition<>(reason -> reason.startsWith(rule + ": "), rule);
  }

  private static Map<String, Tensor> inputs(int batch, int length) {
    Dims dims = Dims.of(batch, length);
    long[] ids = new Random(7).longs((long) batch * length, 0, VOCABULARY).toArray();
    long[] mask = new long[ids.length];
    Arrays.setAll(mask, i -> i % length < length - i / length * 4 ? 1 : 0);
    return Map.of(
        "input_ids",
        Tensor.ofLongs(dims, ids),
        "attention_mask",
        Tensor.ofLongs(dims, mask),
        "token_type_ids",
        Tensor.ofLongs(dims, new long[ids.length]));
  }
}
