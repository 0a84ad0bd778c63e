package dev.retort.quantization;

import dev.retort.graph.Node;

/**
 * A matrix product with constant weights.
 *
 * @param node a MatMul, or a Gemm whose only liberty is transB
 */
record LinearSite(Node node) {
  String input() {
    return node.input(0);
  }

  String weight() {
    return node.input(1);
  }

  /** The axis of the weights that output channels lie along: 1 of [K, N], 0 of a Gemm's [N, K]. */
  int channelAxis() {
    return node.is("Gemm") && node.intAttribute("transB", 0) == 1 ? 0 : 1;
  }
}
