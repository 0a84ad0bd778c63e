package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One node under differentiation: its inputs, the gradients of its outputs, and what a rule gives
 * to its inputs. Confined to a thread.
 */
final class NodeGradient {
  private final Node node;
  private final Emitter emitter;
  private final Set<String> needed;
  private final Map<String, String> gradients;
  private final Map<Integer, String> given = new LinkedHashMap<>();
  private final Set<Integer> settled = new HashSet<>();
  private final Set<Integer> read = new HashSet<>();

  /**
   * A node to differentiate.
   *
   * @param needed the tensors whose gradient is wanted
   * @param gradients the gradients of the node's outputs, by output
   */
  NodeGradient(Node node, Emitter emitter, Set<String> needed, Map<String, String> gradients) {
    this.node = node;
    this.emitter = emitter;
    this.needed = needed;
    this.gradients = gradients;
  }

  Node node() {
    return node;
  }

  /** Where nodes are added. */
  Emitter emit() {
    return emitter;
  }

  String input(int index) {
    return node.input(index);
  }

  String output(int index) {
    return node.output(index);
  }

  /** The gradient of the first output, for rules of operators that have no other. */
  String gradient() {
    return gradient(0).orElseThrow(() -> new NoGradient("the loss takes its other outputs only"));
  }

  /** The gradient of an output; empty if the loss does not depend on it. */
  Optional<String> gradient(int index) {
    read.add(index);
    return Optional.ofNullable(gradients.get(node.output(index)));
  }

  /** Whether a gradient by input {@code index} is wanted. */
  boolean needs(int index) {
    return node.hasInput(index) && needed.contains(node.input(index));
  }

  /** Gives what {@code contribution} emits to input {@code index}, if a gradient is wanted. */
  void give(int index, Supplier<String> contribution) {
    settled.add(index);
    if (needs(index)) {
      given.put(index, contribution.get());
    }
  }

  /** As {@link #give}, of what has the shape of the first output that the input broadcasts to. */
  void giveBroadcast(int index, Supplier<String> contribution) {
    give(index, () -> emitter.summedTo(contribution.get(), output(0), input(index)));
  }

  /** Says that the derivative by input {@code index} is 0 almost everywhere. */
  void none(int index) {
    settled.add(index);
  }

  /** Contributions by index of the input. */
  Map<Integer, String> given() {
    return given;
  }

  /**
   * Checks that nothing is left out.
   *
   * @throws NoGradient if an input got nothing, or an output's gradient was not used
   */
  void requireComplete() {
    for (int i = 0; i < node.inputs().size(); i++) {
      if (needs(i) && !settled.contains(i)) {
        throw new NoGradient("there is none by its input '" + input(i) + "'");
      }
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (gradients.containsKey(output(i)) && !read.contains(i)) {
        throw new NoGradient("there is none for its output '" + output(i) + "'");
      }
    }
  }

  /** The rank of input {@code index}. */
  int rank(int index) {
    return emitter.rank(input(index));
  }

  ElementType type(int index) {
    return emitter.type(input(index));
  }

  /** The dimensions of a forward tensor, where its rank is known. */
  Optional<List<Dim>> shape(String tensor) {
    return emitter.shape(tensor);
  }

  /** The dimensions of input {@code index} if all are fixed. */
  Optional<Dims> fixedDims(int index) {
    return emitter.types().dims(input(index));
  }

  /** The size of one axis of a forward tensor if it is fixed. */
  Optional<Long> fixedSize(String tensor, int axis) {
    return shape(tensor)
        .map(dims -> dims.get(axis))
        .filter(Dim.Fixed.class::isInstance)
        .map(dim -> ((Dim.Fixed) dim).size());
  }

  /** The elements of an integer input that are the same in every run. */
  Optional<List<Long>> values(int index) {
    return node.hasInput(index) ? emitter.types().values(input(index)) : Optional.empty();
  }

  Optional<Tensor> constant(int index) {
    return emitter.editor().constant(input(index));
  }

  /** Attribute {@code axis} counted from the front of a tensor of {@code rank}. */
  int axis(String attribute, long absent, int rank) {
    return axis(node.intAttribute(attribute, absent), rank);
  }

  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new NoGradient("axis is %d, must be %d to %d".formatted(axis, -rank, rank - 1));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Takes {@code attributes} of the node, as far as it has them, for a node to emit. */
  Map<String, Attribute> copied(String... attributes) {
    Map<String, Attribute> copies = new LinkedHashMap<>();
    for (String name : attributes) {
      node.attribute(name).ifPresent(value -> copies.put(name, value));
    }
    return copies;
  }

  /** All axes from {@code from} to {@code to} (excluded) but {@code spared}. */
  static long[] axesBut(int spared, int from, int to) {
    List<Long> axes = new ArrayList<>();
    for (long axis = from; axis < to; axis++) {
      if (axis != spared) {
        axes.add(axis);
      }
    }
    return axes.stream().mapToLong(axis -> axis).toArray();
  }
}
