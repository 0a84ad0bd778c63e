package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Float16;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the nodes that turn one stored input into what the model takes. Used once. */
final class PrefixBuilder {
  private static final List<ElementType> SIGNED =
      List.of(ElementType.INT8, ElementType.INT16, ElementType.INT32, ElementType.INT64);

  private final GraphEditor names;
  private final InputSpec input;
  private final ElementType modelType;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private String current;

  PrefixBuilder(GraphEditor names, InputSpec input, ElementType modelType) {
    this.names = names;
    this.input = input;
    this.modelType = modelType;
    this.current = input.name();
  }

  List<Node> nodes() {
    return nodes;
  }

  Map<String, Tensor> constants() {
    return constants;
  }

  /** Makes the nodes; returns the name of the last one's output. */
  String build() {
    checkTypes();
    if (input.layout() == Layout.CHANNELS_LAST) {
      add("Transpose", List.of(), Map.of("perm", Attribute.ofInts(0, 3, 1, 2)));
    }
    if (input.type() != modelType) {
      add("Cast", List.of(), Map.of("to", Attribute.of(modelType.number())));
    }
    if (input.scale() != 1) {
      add("Mul", List.of(constant("scale", List.of(input.scale()))), Map.of());
    }
    if (!input.mean().isEmpty()) {
      add("Sub", List.of(constant("mean", input.mean())), Map.of());
    }
    if (!input.std().isEmpty()) {
      add("Div", List.of(constant("std", input.std())), Map.of());
    }
    renameLast(names.freshName(input.name() + "_preprocessed"));
    return current;
  }

  private void add(String opType, List<String> operands, Map<String, Attribute> attributes) {
    String output = names.freshName(input.name() + "_" + opType);
    List<String> inputs = new ArrayList<>(List.of(current));
    inputs.addAll(operands);
    nodes.add(Node.of(output, opType, inputs, List.of(output), attributes));
    current = output;
  }

  private void renameLast(String output) {
    int last = nodes.size() - 1;
    nodes.set(last, nodes.get(last).withOutputs(List.of(output)));
    current = output;
  }

  /** One value as a scalar, several as {@code [C, 1, ..., 1]} against the model's layout. */
  private String constant(String purpose, List<Double> values) {
    long[] sizes = new long[values.size() == 1 ? 0 : input.modelDims().rank()];
    Arrays.fill(sizes, 1);
    if (sizes.length > 0) {
      sizes[0] = values.size();
    }
    ByteBuffer bytes =
        ByteBuffer.allocate((int) modelType.byteLength(values.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(value -> put(bytes, value));
    String name = names.freshName(input.name() + "_" + purpose);
    constants.put(name, Tensor.of(modelType, Dims.of(sizes), bytes.flip()));
    return name;
  }

  private void put(ByteBuffer bytes, double value) {
    switch (modelType) {
      case FLOAT32 -> bytes.putFloat((float) value);
      case FLOAT64 -> bytes.putDouble(value);
      case FLOAT16 -> bytes.putShort(Float16.fromFloat((float) value));
      default -> throw new IllegalStateException("no constant of type " + modelType);
    }
  }

  private void checkTypes() {
    boolean arithmetic = input.scale() != 1 || !input.mean().isEmpty() || !input.std().isEmpty();
    boolean floating = modelType.isFloat() && modelType != ElementType.BFLOAT16;
    if (arithmetic && !floating) {
      throw UserError.input(
          ("Cannot preprocess input %s: the model takes %s, must take floats for scale, mean and"
                  + " std; leave these out")
              .formatted(input.name(), modelType));
    }
    if (!keepsValues(input.type(), modelType)) {
      throw UserError.input(
          "Cannot feed the model: data.inputs.%s.type is %s, must be a type that %s holds"
              .formatted(input.name(), input.type(), modelType));
    }
  }

  private static boolean keepsValues(ElementType from, ElementType to) {
    if (from == to || to.isFloat()) {
      return true;
    }
    boolean widens = SIGNED.contains(to) && to.bits() > from.bits();
    return !from.isFloat() && (widens || (from == ElementType.BOOL && to.bits() >= 8));
  }
}
