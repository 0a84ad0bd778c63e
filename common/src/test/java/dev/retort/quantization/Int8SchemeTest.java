package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.quantization.Int8Scheme.Kind;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import org.junit.jupiter.api.Test;

class Int8SchemeTest {
  @Test
  void aTransformerIsDynamic() {
    Int8Scheme scheme = Int8Scheme.of(TinyTransformer.encoder());

    assertThat(scheme.kind()).isEqualTo(Kind.DYNAMIC);
    assertThat(scheme.reason())
        .isEqualTo("no convolution; MatMul, Gemm and embeddings hold 99.4 % of the weights");
  }

  @Test
  void aModelWithConvolutionsIsStatic() {
    Model model =
        Nets.ofFloats(3, 8, 8)
            .conv("c", "x", 3, 4)
            .constant("w", Tensor.ofFloats(Dims.of(8, 4000), new float[32_000]))
            .add("MatMul", "y", "c", "w")
            .returning("y");

    assertThat(Int8Scheme.of(model))
        .isEqualTo(new Int8Scheme(Kind.STATIC, "the model has 1 convolutions"));
  }

  @Test
  void denseLayersOfGemmAreStatic() {
    Model model = Nets.ofFloats(64).gemm("y", "x", 64, 64, 1).returning("y");

    assertThat(Int8Scheme.of(model))
        .isEqualTo(new Int8Scheme(Kind.STATIC, "no MatMul of the model has constant weights"));
  }

  @Test
  void aModelWhoseWeightsLieElsewhereIsStatic() {
    Model model =
        Nets.ofFloats(64)
            .constant("w", Tensor.ofFloats(Dims.of(64, 2), new float[128]))
            .add("MatMul", "m", "x", "w")
            .constant("big", Tensor.ofFloats(Dims.of(1, 500, 2), new float[1000]))
            .add("Add", "y", "m", "big")
            .returning("y");

    assertThat(Int8Scheme.of(model).kind()).isEqualTo(Kind.STATIC);
    assertThat(Int8Scheme.of(model).reason()).contains("hold 11.3 % of the weights");
  }
}
