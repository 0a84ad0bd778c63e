package dev.retort.graph.join;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small encoders and heads with random weights. */
final class TextNets {
  static final int VOCABULARY = 11;

  private TextNets() {}

  /** An encoder that looks up {@code ids}: {@code hidden} of {@code [N, tokens, width]}. */
  static Model encoder(int width, String... inputs) {
    List<ValueInfo> infos = new ArrayList<>();
    for (String input : inputs) {
      infos.add(info(input, ElementType.INT64, Dim.of("batch"), Dim.of("tokens")));
    }
    return Model.of(
        Graph.of(
            "encoder",
            List.of(Node.of("gather", "Gather", List.of("table", "input_ids"), List.of("hidden"))),
            Map.of("table", weights(1, VOCABULARY, width)),
            infos,
            List.of(
                info(
                    "hidden",
                    ElementType.FLOAT32,
                    Dim.of("batch"),
                    Dim.of("tokens"),
                    Dim.of(width)))));
  }

  static Model maskedEncoder(int width) {
    return encoder(width, "input_ids", "attention_mask");
  }

  /** One Gemm from {@code embedding [N, width]} to {@code logits [N, classes]}. */
  static Model head(int width, int classes) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("weight", weights(2, classes, width));
    constants.put("bias", weights(3, classes));
    return Model.of(
        Graph.of(
            "head",
            List.of(
                Node.of(
                    "gemm",
                    "Gemm",
                    List.of("embedding", "weight", "bias"),
                    List.of("logits"),
                    Map.of("transB", Attribute.of(1L)))),
            constants,
            List.of(info("embedding", ElementType.FLOAT32, Dim.of("N"), Dim.of(width))),
            List.of(info("logits", ElementType.FLOAT32, Dim.of("N"), Dim.of(classes)))));
  }

  static ValueInfo info(String name, ElementType type, Dim... dims) {
    return ValueInfo.of(name, ValueType.OfTensor.of(type, dims));
  }

  static Model atOpset(Model model, long opset) {
    return model.withOperatorSets(List.of(new OperatorSet("", opset)));
  }

  static Tensor weights(long seed, long... sizes) {
    Random random = new Random(seed);
    float[] values = new float[(int) Dims.of(sizes).elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(Dims.of(sizes), values);
  }
}
