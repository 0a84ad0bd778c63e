package dev.retort.jobs.mllib;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Models of a few nodes whose inputs and outputs have the forms that columns must take. */
final class SmallModels {
  private SmallModels() {}

  /** {@code scores = a W + Flatten(b) V} and {@code label = ArgMax(scores)}. */
  static Model twoInputs() {
    return Model.of(
        Graph.of(
            "two",
            List.of(
                Node.of("flatten", "Flatten", List.of("b"), List.of("flat")),
                Node.of("left", "MatMul", List.of("a", "w"), List.of("aw")),
                Node.of("right", "MatMul", List.of("flat", "v"), List.of("bv")),
                Node.of("sum", "Add", List.of("aw", "bv"), List.of("scores")),
                Node.of("best", "ArgMax", List.of("scores"), List.of("label"))
                    .withAttribute("axis", Attribute.of(1))
                    .withAttribute("keepdims", Attribute.of(0))),
            Map.of("w", weights(4, 3), "v", weights(6, 3)),
            List.of(
                value("a", ElementType.FLOAT32, Dim.of(4)),
                value("b", ElementType.FLOAT32, Dim.of(2), Dim.of(3))),
            List.of(
                value("scores", ElementType.FLOAT32, Dim.of(3)),
                value("label", ElementType.INT64))));
  }

  /** {@code y = x} of {@code type}, whose rows have {@code dims}. */
  static Model identity(ElementType type, Dim... dims) {
    return Model.of(
        Graph.of(
            "identity",
            List.of(Node.of("copy", "Identity", List.of("x"), List.of("y"))),
            Map.of(),
            List.of(value("x", type, dims)),
            List.of(value("y", type, dims))));
  }

  /** {@code y = table[x]} with {@code rows} rows; the model's trial asks for row 1. */
  static Model lookup(int rows) {
    return Model.of(
        Graph.of(
            "lookup",
            List.of(Node.of("look", "Gather", List.of("table", "x"), List.of("y"))),
            Map.of("table", weights(rows, 2)),
            List.of(value("x", ElementType.INT64)),
            List.of(value("y", ElementType.FLOAT32, Dim.of(2)))));
  }

  static ValueInfo value(String name, ElementType type, Dim... dims) {
    Dim[] batched = new Dim[dims.length + 1];
    batched[0] = Dim.of("N");
    System.arraycopy(dims, 0, batched, 1, dims.length);
    return ValueInfo.of(name, ValueType.OfTensor.of(type, batched));
  }

  private static Tensor weights(int rows, int columns) {
    Random random = new Random(rows);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(Dims.of(rows, columns), values);
  }
}
