package dev.retort.quantization;

import java.util.Arrays;
import java.util.List;

/** Operators that are quantized together or not at all. */
public enum OpGroup {
  /** Convolutions and dense layers: always quantized. */
  CONV_GEMM("Conv and Gemm", "Conv", "Gemm"),
  /** Sums of two activations, such as residual connections. */
  ADD("Add", "Add"),
  /** Pooling. */
  POOL("pooling", "GlobalAveragePool", "AveragePool", "MaxPool"),
  /**
   * Activation functions with an integer form. Relu and Clip need none: the end of a u8 range
   * bounds as they do.
   */
  ACTIVATION("LeakyRelu and Sigmoid", "LeakyRelu", "Sigmoid");

  private final String words;
  private final String opTypes;

  OpGroup(String words, String... opTypes) {
    this.words = words;
    this.opTypes = String.join(" ", opTypes);
  }

  /** The group's name in reports. */
  String words() {
    return words;
  }

  /** The ONNX operators of this group. */
  public List<String> opTypes() {
    return Arrays.asList(opTypes.split(" "));
  }
}
