package dev.retort.cost;

import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * Multiply-accumulates of a node from the dimensions of its tensors.
 *
 * <ul>
 *   <li>convolution: elements of the output times taps a channel, {@code |Y| (C/group) k1 k2};
 *   <li>transposed convolution: {@code |X| (M/group) k1 k2};
 *   <li>matrix product {@code [.., M, K] [.., K, N]}: {@code |Y| K};
 *   <li>recurrent layer over {@code S} steps: {@code S N (|W| + |R|)}.
 * </ul>
 *
 * Additions alone (bias, pooling, reductions) and elementwise functions count 0, as is usual.
 */
final class MacFormulas {
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  private MacFormulas() {}

  /** The count, or empty when it needs dimensions that {@code dims} does not have. */
  static OptionalLong of(Node node, Function<String, Optional<Dims>> dims) {
    if (!node.subGraphs().isEmpty()) {
      return OptionalLong.empty();
    }
    return switch (node.opType()) {
      case "Conv", "FusedConv", "ConvInteger" -> convolution(node, 1, dims);
      case "QLinearConv" -> convolution(node, 3, dims);
      case "ConvTranspose" -> perChannel(dims.apply(node.input(0)), dims.apply(node.input(1)));
      case "MatMul", "MatMulInteger", "FusedMatMul", "MatMulIntegerToFloat" ->
          product(node, false, dims);
      case "DynamicQuantizeMatMul", "QLinearMatMul" -> product(node, false, dims);
      case "Gemm", "FusedGemm" -> product(node, node.intAttribute("transA", 0) != 0, dims);
      case "MatMulNBits" -> blockwise(node, dims);
      default -> RECURRENT.contains(node.opType()) ? recurrent(node, dims) : plain(node);
    };
  }

  private static OptionalLong plain(Node node) {
    return node.domain().isEmpty() || node.domain().equals("com.microsoft")
        ? OptionalLong.of(0)
        : OptionalLong.empty();
  }

  private static OptionalLong convolution(
      Node node, int weight, Function<String, Optional<Dims>> dims) {
    return perChannel(dims.apply(node.output(0)), dims.apply(node.input(weight)));
  }

  /** Elements times the weight's elements for each index of its axis 0. */
  private static OptionalLong perChannel(Optional<Dims> places, Optional<Dims> weight) {
    if (places.isEmpty() || weight.isEmpty() || weight.get().size(0) == 0) {
      return OptionalLong.empty();
    }
    long taps = weight.get().elementCount() / weight.get().size(0);
    return OptionalLong.of(Math.multiplyExact(places.get().elementCount(), taps));
  }

  private static OptionalLong product(
      Node node, boolean transposed, Function<String, Optional<Dims>> dims) {
    Optional<Dims> left = dims.apply(node.input(0));
    Optional<Dims> output = dims.apply(node.output(0));
    if (left.isEmpty() || output.isEmpty() || left.get().rank() == 0) {
      return OptionalLong.empty();
    }
    long depth = left.get().size(transposed ? 0 : -1);
    return OptionalLong.of(Math.multiplyExact(output.get().elementCount(), depth));
  }

  private static OptionalLong blockwise(Node node, Function<String, Optional<Dims>> dims) {
    Optional<Dims> input = dims.apply(node.input(0));
    long columns = node.intAttribute("N", 0);
    return input.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.multiplyExact(input.get().elementCount(), columns));
  }

  private static OptionalLong recurrent(Node node, Function<String, Optional<Dims>> dims) {
    Optional<Dims> input = dims.apply(node.input(0));
    Optional<Dims> weight = dims.apply(node.input(1));
    Optional<Dims> recurrence = dims.apply(node.input(2));
    if (input.isEmpty() || weight.isEmpty() || recurrence.isEmpty() || input.get().rank() != 3) {
      return OptionalLong.empty();
    }
    long steps = Math.multiplyExact(input.get().size(0), input.get().size(1));
    long weights = weight.get().elementCount() + recurrence.get().elementCount();
    return OptionalLong.of(Math.multiplyExact(steps, weights));
  }
}
