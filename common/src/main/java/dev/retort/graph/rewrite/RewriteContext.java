package dev.retort.graph.rewrite;

import dev.retort.graph.Dim;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What a rule sees: the graph under edit, the types of its tensors, and questions that many
 * patterns ask. Types are inferred from the inputs at the beginning of a pass; tensors added since
 * have none. Confined to a thread, like its editor.
 */
public final class RewriteContext {
  private final GraphEditor editor;
  private final TensorTypes types;

  RewriteContext(GraphEditor editor, TensorTypes types) {
    this.editor = editor;
    this.types = types;
  }

  public GraphEditor editor() {
    return editor;
  }

  /** The version of ONNX's own operators that the model uses. */
  public long opset() {
    return editor.opset("");
  }

  /** The type of {@code tensor}, where it is known. */
  public Optional<ValueType.OfTensor> type(String tensor) {
    return constant(tensor).map(RewriteContext::typeOf).or(() -> types.of(tensor));
  }

  /** The elements of a small integer tensor that are the same in every run. */
  public Optional<List<Long>> values(String tensor) {
    return types.values(tensor);
  }

  /** The rank of {@code tensor}, where it is known. */
  public OptionalInt rank(String tensor) {
    Optional<List<Dim>> shape = shape(tensor);
    return shape.isPresent() ? OptionalInt.of(shape.get().size()) : OptionalInt.empty();
  }

  /** The dimensions of {@code tensor}, where its rank is known. */
  public Optional<List<Dim>> shape(String tensor) {
    return type(tensor).flatMap(ValueType.OfTensor::shape);
  }

  /** The sizes of {@code tensor}, where each is a known number. */
  public Optional<Dims> fixedDims(String tensor) {
    return shape(tensor)
        .filter(dims -> dims.stream().allMatch(Dim.Fixed.class::isInstance))
        .map(dims -> Dims.of(dims.stream().mapToLong(dim -> ((Dim.Fixed) dim).size()).toArray()));
  }

  /** The value of {@code tensor} if no caller can change it. */
  public Optional<Tensor> constant(String tensor) {
    return editor.constant(tensor);
  }

  /** The node that computes {@code tensor}, if it is an {@code opType} of ONNX's own domain. */
  public Optional<Node> producer(String tensor, String opType) {
    return editor.producer(tensor).filter(node -> node.is(opType));
  }

  /**
   * Why {@code tensor} must stay although {@code reader} takes it over: the model returns it or
   * another node reads it. Empty if nothing stands against it.
   */
  public Optional<String> otherUse(String tensor, Node reader) {
    if (editor.isOutput(tensor)) {
      return Optional.of("the model also returns " + tensor);
    }
    String others =
        editor.consumers(tensor).stream()
            .filter(node -> !node.equals(reader))
            .map(RewriteContext::label)
            .limit(3)
            .collect(Collectors.joining(", "));
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of("%s is also read by %s".formatted(tensor, others));
  }

  /** Why {@code tensor} cannot stand for the first output of {@code node}; empty if it can. */
  public Optional<String> bypassObjection(Node node, String tensor) {
    String output = node.output(0);
    if (editor.canRedirect(output, tensor)) {
      return Optional.empty();
    }
    boolean returned = editor.isOutput(output);
    return Optional.of(
        returned && editor.producer(tensor).isEmpty()
            ? "the model returns %s, and %s is an input or a constant".formatted(output, tensor)
            : returned && editor.isOutput(tensor)
                ? "the model returns both %s and %s".formatted(output, tensor)
                : "a sub-graph reads %s or %s by name".formatted(output, tensor));
  }

  /**
   * Removes {@code node}, whose first output alone is used: {@code tensor} stands for it.
   *
   * @throws IllegalArgumentException unless {@link #bypassObjection} is empty
   */
  public void bypass(Node node, String tensor) {
    String output = node.output(0);
    editor.redirect(output, tensor);
    if (editor.contains(node)) {
      editor.remove(node);
    }
  }

  /** The name of a node, or its first output where it has none. */
  public static String label(Node node) {
    return node.name().isEmpty() ? node.output(0) : node.name();
  }

  private static ValueType.OfTensor typeOf(Tensor tensor) {
    return ValueType.OfTensor.of(
        tensor.type(),
        Arrays.stream(tensor.dims().toArray()).mapToObj(Dim::of).toArray(Dim[]::new));
  }
}
