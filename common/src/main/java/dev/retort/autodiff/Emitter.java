package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Adds nodes and constants to the graph under differentiation. Equal constants and shapes are made
 * once. What is known of shapes is known of the tensors of the forward graph only; a gradient has
 * the shape of its tensor. Confined to a thread.
 */
final class Emitter {
  private final GraphEditor editor;
  private final TensorTypes types;
  private final Map<String, String> shared = new HashMap<>();
  private String scope = "gradient";
  private int count;

  Emitter(GraphEditor editor, TensorTypes types) {
    this.editor = editor;
    this.types = types;
  }

  /** Names what is emitted from now on after {@code label}. */
  void enter(String label) {
    scope = label + "/gradient";
  }

  GraphEditor editor() {
    return editor;
  }

  TensorTypes types() {
    return types;
  }

  /** The one output of a new node without attributes. */
  String op(String opType, String... inputs) {
    return op(opType, Map.of(), inputs);
  }

  /** The one output of a new node. */
  String op(String opType, Map<String, Attribute> attributes, String... inputs) {
    return ops(opType, attributes, 1, inputs).get(0);
  }

  /** The outputs of a new node. */
  List<String> ops(
      String opType, Map<String, Attribute> attributes, int outputs, String... inputs) {
    String name = scope + "/" + opType + "_" + count++;
    List<String> results = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      results.add(editor.freshName(outputs == 1 ? name : name + "." + i));
    }
    editor.add(Node.of(name, opType, List.of(inputs), results, attributes));
    return results;
  }

  String add(String a, String b) {
    return op("Add", a, b);
  }

  String sub(String a, String b) {
    return op("Sub", a, b);
  }

  String mul(String a, String b) {
    return op("Mul", a, b);
  }

  String div(String a, String b) {
    return op("Div", a, b);
  }

  String cast(String tensor, ElementType to) {
    return op("Cast", Map.of("to", Attribute.of((long) to.number())), tensor);
  }

  /** {@code tensor} times a number, in the element type of {@code like}. */
  String scaled(String tensor, double factor, String like) {
    return factor == 1 ? tensor : mul(tensor, number(factor, like));
  }

  /** {@code tensor} where {@code condition} holds, else 0 of the type of {@code like}. */
  String where(String condition, String tensor, String like) {
    return op("Where", condition, tensor, number(0, like));
  }

  /** A scalar constant of the element type of {@code like}. */
  String number(double value, String like) {
    return number(value, type(like));
  }

  /** A scalar constant. */
  String number(double value, ElementType type) {
    return shared(type + " " + value, () -> filled(Dims.scalar(), value, type));
  }

  /** A constant of {@code dims} whose elements are {@code value}. */
  String filled(double value, ElementType type, Dims dims) {
    return shared(type + " " + value + " " + dims, () -> filled(dims, value, type));
  }

  String constant(Tensor value) {
    return editor.addConstant("gradient/constant_" + count++, value);
  }

  /** An INT64 vector. */
  String ints(long... values) {
    return shared(
        "ints " + Arrays.toString(values), () -> Tensor.ofLongs(Dims.of(values.length), values));
  }

  /** An INT64 scalar. */
  String index(long value) {
    return shared("index " + value, () -> Tensor.scalar(value));
  }

  /** The shape of a forward tensor: a constant where it is fixed. */
  String shapeOf(String tensor) {
    Optional<Dims> dims = types.dims(tensor);
    return dims.isPresent()
        ? ints(dims.get().toArray())
        : once("shape " + tensor, () -> op("Shape", tensor));
  }

  /** The sizes of the axes {@code from} (included) to {@code to} (excluded), an INT64 vector. */
  String sizes(String tensor, int from, int to) {
    Optional<List<Dim>> shape = shape(tensor);
    if (shape.isPresent()
        && shape.get().subList(from, to).stream().allMatch(Dim.Fixed.class::isInstance)) {
      return ints(
          shape.get().subList(from, to).stream()
              .mapToLong(dim -> ((Dim.Fixed) dim).size())
              .toArray());
    }
    return once(
        "sizes " + from + " " + to + " " + tensor,
        () -> op("Slice", shapeOf(tensor), ints(from), ints(to), ints(0)));
  }

  /** The vectors one behind the other. */
  String joined(String... vectors) {
    return vectors.length == 1
        ? vectors[0]
        : op("Concat", Map.of("axis", Attribute.of(0)), vectors);
  }

  /** Zeros of the shape and type of a forward tensor. */
  String zerosLike(String tensor) {
    return zeros(shapeOf(tensor), type(tensor));
  }

  /** Zeros of the shape that the vector {@code shape} says. */
  String zeros(String shape, ElementType type) {
    return constantOf(0, shape, type);
  }

  /** {@code value} in the shape that the vector {@code shape} says. */
  String constantOf(double value, String shape, ElementType type) {
    Tensor element = filled(Dims.of(1), value, type);
    return op("ConstantOfShape", Map.of("value", Attribute.of(element)), shape);
  }

  /**
   * {@code tensor}, which has as many elements, in the shape of the forward tensor {@code like}.
   */
  String reshapedLike(String tensor, String like) {
    return op("Reshape", tensor, targetShape(like));
  }

  String reshaped(String tensor, long... shape) {
    return op("Reshape", tensor, ints(shape));
  }

  /** The shape for a Reshape to {@code like}, with -1 for the one axis that is not fixed. */
  private String targetShape(String like) {
    Optional<List<Dim>> shape = shape(like);
    if (shape.isEmpty()) {
      return shapeOf(like);
    }
    long open = shape.get().stream().filter(dim -> !(dim instanceof Dim.Fixed)).count();
    boolean empty = shape.get().contains(Dim.of(0));
    if (open != 1 || empty) {
      return shapeOf(like);
    }
    return ints(
        shape.get().stream()
            .mapToLong(dim -> dim instanceof Dim.Fixed fixed ? fixed.size() : -1)
            .toArray());
  }

  /** {@code tensor} as a matrix whose rows are as long as {@code axis} of {@code like}. */
  String rows(String tensor, String like, int axis) {
    Optional<List<Dim>> shape = shape(like);
    return shape.isPresent() && shape.get().get(axis) instanceof Dim.Fixed fixed
        ? reshaped(tensor, -1, fixed.size())
        : op("Reshape", tensor, joined(ints(-1), sizes(like, axis, axis + 1)));
  }

  /** The sum over {@code axes}, which disappear. */
  String sum(String tensor, long... axes) {
    return axes.length == 0 ? tensor : reduced("ReduceSum", tensor, 0, axes);
  }

  /** The sum over {@code axes}, which stay with size 1. */
  String sumKeeping(String tensor, long... axes) {
    return axes.length == 0 ? tensor : reduced("ReduceSum", tensor, 1, axes);
  }

  private String reduced(String opType, String tensor, long keep, long... axes) {
    return op(opType, Map.of("keepdims", Attribute.of(keep)), tensor, ints(axes));
  }

  /** The mean over {@code axes}, which stay with size 1. */
  String meanKeeping(String tensor, long... axes) {
    return op(
        "ReduceMean", Map.of("keepdims", Attribute.of(1), "axes", Attribute.ofInts(axes)), tensor);
  }

  String transposed(String tensor, long... permutation) {
    boolean identity =
        LongStream.range(0, permutation.length).allMatch(i -> permutation[(int) i] == i);
    return identity
        ? tensor
        : op("Transpose", Map.of("perm", Attribute.ofInts(permutation)), tensor);
  }

  /**
   * Sums {@code gradient}, which has the shape of the forward tensor {@code from}, over what
   * broadcasting the forward tensor {@code to} to that shape repeated.
   */
  String summedTo(String gradient, String from, String to) {
    return from.equals(to) ? gradient : summedTo(gradient, shape(from), to);
  }

  /** As {@link #summedTo(String, String, String)}, where {@code from} is what is known. */
  String summedTo(String gradient, Optional<List<Dim>> from, String to) {
    return BroadcastSum.to(this, gradient, from, to);
  }

  /** The dimensions of a forward tensor, where its rank is known. */
  Optional<List<Dim>> shape(String tensor) {
    return types.of(tensor).flatMap(ValueType.OfTensor::shape);
  }

  /** The rank of a forward tensor. */
  int rank(String tensor) {
    return shape(tensor)
        .orElseThrow(() -> new NoGradient("the rank of '" + tensor + "' is unknown"))
        .size();
  }

  /** The element type of a forward tensor. */
  ElementType type(String tensor) {
    return types
        .of(tensor)
        .orElseThrow(() -> new NoGradient("the type of '" + tensor + "' is unknown"))
        .elementType();
  }

  private String shared(String key, Supplier<Tensor> value) {
    return once(key, () -> editor.addConstant("gradient/constant_" + count++, value.get()));
  }

  /** What {@code making} made for {@code key}; it may make others meanwhile. */
  private String once(String key, Supplier<String> making) {
    String made = shared.get(key);
    if (made == null) {
      made = making.get();
      shared.put(key, made);
    }
    return made;
  }

  /** A tensor of floating-point or boolean elements that are all {@code value}. */
  static Tensor filled(Dims dims, double value, ElementType type) {
    int elements = Math.toIntExact(dims.elementCount());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.byteLength(elements)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat((float) value);
        case FLOAT64 -> bytes.putDouble(value);
        case FLOAT16 -> bytes.putShort(Float16.fromFloat((float) value));
        case INT64 -> bytes.putLong((long) value);
        case INT32 -> bytes.putInt((int) value);
        default -> throw new NoGradient("it computes in " + type);
      }
    }
    return Tensor.of(type, dims, bytes.flip());
  }
}
