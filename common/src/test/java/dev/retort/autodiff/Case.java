package dev.retort.autodiff;

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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * One random graph for a gradient check: inputs to differentiate by, with values, other inputs,
 * constants and nodes. In a third of the cases the dimensions of the data are symbolic.
 */
final class Case {
  final Random random;
  private final ElementType type;
  private boolean symbolic;
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final Map<String, Tensor> values = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> wanted = new ArrayList<>();

  Case(Random random, ElementType type) {
    this.random = random;
    this.type = type;
    this.symbolic = random.nextInt(3) == 0;
  }

  ElementType type() {
    return type;
  }

  /** All dimensions are fixed in this case. */
  Case fixed() {
    symbolic = false;
    return this;
  }

  boolean isSymbolic() {
    return symbolic;
  }

  /** Normally distributed data to differentiate by. */
  String data(long... dims) {
    return data(random::nextGaussian, symbolic, dims);
  }

  /** Data between two numbers to differentiate by. */
  String between(double least, double most, long... dims) {
    return data(() -> least + (most - least) * random.nextDouble(), symbolic, dims);
  }

  /** Normally distributed data of fixed dimensions to differentiate by. */
  String weight(long... dims) {
    return data(random::nextGaussian, false, dims);
  }

  /** Different numbers, 0.15 apart or more and as far from 0, to differentiate by. */
  String spread(long... dims) {
    int count = (int) Dims.of(dims).elementCount();
    List<Double> levels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      levels.add((i - count / 2 + 0.5) * 0.3);
    }
    Collections.shuffle(levels, random);
    return data(levels.iterator()::next, symbolic, dims);
  }

  /** Data of these values to differentiate by. */
  String data(Tensor value) {
    return wanted(value, symbolic);
  }

  /** Data of these values and fixed dimensions to differentiate by. */
  String weight(Tensor value) {
    return wanted(value, false);
  }

  private String data(DoubleSupplier numbers, boolean open, long... dims) {
    return wanted(floats(type, numbers, dims), open);
  }

  private String wanted(Tensor value, boolean open) {
    String name = given(value, open);
    wanted.add(name);
    return name;
  }

  /** An input that is not differentiated by. */
  String given(Tensor value) {
    return given(value, symbolic);
  }

  private String given(Tensor value, boolean open) {
    String name = "in" + inputs.size();
    long[] dims = value.dims().toArray();
    Dim[] shape =
        IntStream.range(0, dims.length)
            .mapToObj(i -> open ? Dim.of(name + "_" + i) : Dim.of(dims[i]))
            .toArray(Dim[]::new);
    inputs.add(ValueInfo.of(name, ValueType.OfTensor.of(value.type(), shape)));
    values.put(name, value);
    return name;
  }

  String constant(Tensor value) {
    String name = "c" + constants.size();
    constants.put(name, value);
    return name;
  }

  /** An INT64 vector: a constant, or in symbolic cases an input. */
  String longs(long... elements) {
    Tensor vector = Tensor.ofLongs(Dims.of(elements.length), elements);
    return symbolic && random.nextBoolean() ? given(vector, false) : constantLongs(elements);
  }

  String constantLongs(long... elements) {
    return constant(Tensor.ofLongs(Dims.of(elements.length), elements));
  }

  /** A scalar constant of the case's type. */
  String number(double value) {
    return constant(floats(type, () -> value));
  }

  /** The one output of a node; attributes as name, value, name, value. */
  String node(String opType, List<String> nodeInputs, Object... attributes) {
    return nodes("", opType, 1, nodeInputs, attributes).get(0);
  }

  List<String> nodes(
      String domain, String opType, int outputs, List<String> nodeInputs, Object... attributes) {
    Map<String, Attribute> map = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put((String) attributes[i], attribute(attributes[i + 1]));
    }
    String name = opType + nodes.size();
    List<String> results = IntStream.range(0, outputs).mapToObj(i -> name + "_" + i).toList();
    Node node = Node.of(name, opType, nodeInputs, results, map);
    nodes.add(new Node(name, domain, opType, node.inputs(), results, map, "", node.extras()));
    return results;
  }

  private static Attribute attribute(Object value) {
    if (value instanceof Attribute given) {
      return given;
    } else if (value instanceof long[] list) {
      return Attribute.ofInts(list);
    } else if (value instanceof Integer number) {
      return Attribute.of((long) number);
    } else if (value instanceof Long number) {
      return Attribute.of(number);
    } else if (value instanceof Float number) {
      return Attribute.of(number);
    }
    return Attribute.of((String) value);
  }

  /** Random sizes. */
  long[] sizes(int count, int least, int most) {
    return random.ints(count, least, most + 1).asLongStream().toArray();
  }

  int pick(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** Random sizes that broadcast to {@code dims}: leading axes left out, others 1. */
  long[] part(long... dims) {
    int lead = random.nextInt(dims.length + 1);
    long[] part = Arrays.copyOfRange(dims, random.nextBoolean() ? 0 : lead, dims.length);
    for (int i = 0; i < part.length; i++) {
      part[i] = random.nextInt(4) == 0 ? 1 : part[i];
    }
    return part;
  }

  /** A tensor of floating-point numbers. */
  static Tensor floats(ElementType type, DoubleSupplier numbers, long... dims) {
    Dims shape = Dims.of(dims);
    int count = (int) shape.elementCount();
    ByteBuffer bytes =
        ByteBuffer.allocate((int) type.byteLength(count)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (type == ElementType.FLOAT64) {
        bytes.putDouble(numbers.getAsDouble());
      } else {
        bytes.putFloat((float) numbers.getAsDouble());
      }
    }
    return Tensor.of(type, shape, bytes.flip());
  }

  List<String> wanted() {
    return wanted;
  }

  Map<String, Tensor> values() {
    return values;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** The graph so far, which returns {@code outputs}, of the case's type. */
  Model model(List<String> outputs) {
    return model(outputs, type);
  }

  Model model(List<String> outputs, ElementType outputType) {
    List<ValueInfo> infos =
        outputs.stream()
            .map(name -> ValueInfo.of(name, ValueType.OfTensor.ofUnknownShape(outputType)))
            .toList();
    return Model.of(Graph.of("case", nodes, constants, inputs, infos))
        .withOperatorSets(
            List.of(new OperatorSet("", Model.OPSET), new OperatorSet("com.microsoft", 1)));
  }
}
