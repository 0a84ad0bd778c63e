package dev.retort.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Attribute;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.Renaming;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.GraphProto;
import dev.retort.graph.onnx.proto.SparseTensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Turns sparse initializers, which the IR does not model, into Constant nodes with a {@code
 * sparse_value}, so that a node defines their names. Their content is not looked into.
 */
final class SparseConstants {
  /** The first opset whose Constant takes a sparse tensor, and the first to have the other form. */
  private static final long OPSET = 11;

  private SparseConstants() {}

  static Model apply(Model model) {
    return model.opset("") < OPSET ? model : model.withGraph(apply(model.graph()));
  }

  private static Graph apply(Graph graph) {
    GraphProto extras = extras(graph);
    List<Node> nodes = new ArrayList<>();
    extras.getSparseInitializerList().forEach(tensor -> nodes.add(constant(tensor)));
    graph.nodes().forEach(node -> nodes.add(Renaming.withSubGraphs(node, SparseConstants::apply)));
    return new Graph(
        graph.name(),
        nodes,
        graph.initializers(),
        graph.inputs(),
        graph.outputs(),
        graph.valueInfos(),
        graph.documentation(),
        Opaque.of(extras.toBuilder().clearSparseInitializer().build().toByteArray()));
  }

  private static Node constant(SparseTensorProto tensor) {
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("sparse_value")
            .setType(11)
            .setSparseTensor(tensor)
            .build();
    return Node.of(
        "",
        "Constant",
        List.of(),
        List.of(tensor.getValues().getName()),
        Map.of("sparse_value", new Attribute.Other(Opaque.of(value.toByteArray()))));
  }

  private static GraphProto extras(Graph graph) {
    try {
      return GraphProto.parseFrom(graph.extras().bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "extras of graph " + graph.name() + " are no GraphProto", e);
    }
  }
}
