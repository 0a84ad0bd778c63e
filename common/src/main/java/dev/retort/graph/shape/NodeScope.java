package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A node with what is known of its inputs. */
final class NodeScope {
  private final Node node;
  private final long opset;
  private final Inference.Scope names;
  private final Map<String, List<TensorFact>> subGraphs;

  NodeScope(Node node, long opset, Inference.Scope names, Map<String, List<TensorFact>> subGraphs) {
    this.node = node;
    this.opset = opset;
    this.names = names;
    this.subGraphs = subGraphs;
  }

  Node node() {
    return node;
  }

  /** The version of the node's domain. */
  long opset() {
    return opset;
  }

  TensorFact input(int index) {
    return node.hasInput(index) ? names.fact(node.input(index)) : TensorFact.UNKNOWN;
  }

  Optional<ElementType> type(int index) {
    return input(index).type();
  }

  Optional<Shape> shape(int index) {
    return input(index).shape();
  }

  /** The shape of an input whose rank must be {@code least} or more. */
  Optional<Shape> shapeOfRank(int index, int least) {
    Optional<Shape> shape = shape(index);
    if (shape.isPresent() && shape.get().rank() < least) {
      throw new Malformed("the rank of input " + index, shape.get().rank(), least + " or more");
    }
    return shape;
  }

  Optional<IntValues> values(int index) {
    return input(index).values();
  }

  /** The one element of an integer input; unknown if it is not known or not one. */
  Extent element(int index) {
    return values(index)
        .filter(v -> v.elements().size() == 1)
        .map(v -> v.elements().get(0))
        .orElse(Extent.UNKNOWN);
  }

  /** The tensor that input {@code index} always is; empty if a caller or a node computes it. */
  Optional<Tensor> constant(int index) {
    return node.hasInput(index) ? names.constant(node.input(index)) : Optional.empty();
  }

  /** What is known of the outputs of the sub-graph {@code attribute}. */
  Optional<List<TensorFact>> subGraph(String attribute) {
    return Optional.ofNullable(subGraphs.get(attribute));
  }

  /** Whether a list is given, as attribute (older opsets) or as input. */
  boolean isGiven(String attribute, int input) {
    return node.attributes().containsKey(attribute) || node.hasInput(input);
  }

  /** The elements of a list that is given as attribute or as input; empty if not known. */
  Optional<List<Extent>> list(String attribute, int input) {
    if (node.attributes().get(attribute) instanceof Attribute.Ints ints) {
      return Optional.of(ints.values().stream().map(Extent::of).toList());
    }
    return values(input).map(IntValues::elements);
  }

  /** The elements of a list of fixed numbers that is given as attribute or as input. */
  Optional<List<Long>> fixedList(String attribute, int input) {
    return list(attribute, input).map(IntValues::vector).flatMap(IntValues::fixed);
  }

  /** The first output: type of input 0 and the shape that {@code change} makes of its shape. */
  List<TensorFact> reshaped(Function<Shape, Optional<Shape>> change) {
    return List.of(TensorFact.of(type(0), shape(0).flatMap(change)));
  }
}
