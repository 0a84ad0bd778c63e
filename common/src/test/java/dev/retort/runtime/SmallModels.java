package dev.retort.runtime;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Models of a few nodes, built in code and written to a file. */
final class SmallModels {
  static final Dim N = Dim.of("N");

  private SmallModels() {}

  static ValueInfo value(String name, ElementType type, Dim... dims) {
    return ValueInfo.of(name, ValueType.OfTensor.of(type, dims));
  }

  static Path write(Path file, Graph graph) {
    OnnxWriter.write(Model.of(graph), file);
    return file;
  }

  /** One node without attributes from the inputs to the outputs. */
  static Path write(Path file, String opType, List<ValueInfo> inputs, List<ValueInfo> outputs) {
    List<Node> nodes =
        List.of(
            Node.of(
                "node",
                opType,
                inputs.stream().map(ValueInfo::name).toList(),
                outputs.stream().map(ValueInfo::name).toList()));
    return write(file, Graph.of("g", nodes, Map.of(), inputs, outputs));
  }

  /**
   * A convolution and a pooling whose huge strides leave no row: ends a process with SIGFPE inside
   * ONNX Runtime at the first run, in the kernel that only its full optimisation uses.
   */
  static Path hugeStrides(Path file) {
    Node conv = Node.of("conv", "Conv", List.of("x", "w"), List.of("c"));
    Map<String, Attribute> window =
        Map.of("kernel_shape", Attribute.ofInts(386, 2), "strides", Attribute.ofInts(310, 2));
    Node pool = Node.of("pool", "MaxPool", List.of("c"), List.of("p"), window);
    Node relu = Node.of("relu", "Softmax", List.of("p"), List.of("y"));
    Tensor weights = Tensor.ofFloats(Dims.of(32, 1, 3, 3), new float[32 * 9]);
    Dim open = Dim.of("H");
    return write(
        file,
        Graph.of(
            "g",
            List.of(conv, pool, relu),
            Map.of("w", weights),
            List.of(value("x", ElementType.FLOAT32, N, Dim.of(1), Dim.of(28), Dim.of(28))),
            List.of(value("y", ElementType.FLOAT32, N, Dim.of(32), open, open))));
  }

  /** Copies its input 2^60 times in a loop. */
  static Path endless(Path file) {
    ValueInfo x = value("x", ElementType.FLOAT32, N);
    Graph body =
        Graph.of(
            "body",
            List.of(
                Node.of("keep", "Identity", List.of("c"), List.of("d")),
                Node.of("step", "Sin", List.of("v"), List.of("w"))),
            Map.of(),
            List.of(
                value("i", ElementType.INT64),
                value("c", ElementType.BOOL),
                value("v", ElementType.FLOAT32, N)),
            List.of(value("d", ElementType.BOOL), value("w", ElementType.FLOAT32, N)));
    Node loop =
        Node.of(
            "loop",
            "Loop",
            List.of("trips", "", "x"),
            List.of("y"),
            Map.of("body", new Attribute.SubGraph(body)));
    return write(
        file,
        Graph.of(
            "g",
            List.of(loop),
            Map.of("trips", Tensor.scalar(1L << 60)),
            List.of(x),
            List.of(value("y", ElementType.FLOAT32, N))));
  }

  /** Expands each input value to {@code length} copies. */
  static Path expanding(Path file, long length) {
    return write(
        file,
        Graph.of(
            "g",
            List.of(Node.of("expand", "Expand", List.of("x", "shape"), List.of("y"))),
            Map.of("shape", Tensor.ofLongs(Dims.of(2), 1, length)),
            List.of(value("x", ElementType.FLOAT32, N, Dim.of(1))),
            List.of(value("y", ElementType.FLOAT32, N, Dim.of(length)))));
  }
}
