package dev.retort.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Graph;
import dev.retort.graph.Opaque;
import dev.retort.graph.onnx.proto.GraphProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Graphs between the file format and the IR. */
final class GraphCodec {
  private GraphCodec() {}

  static Graph decode(Source source, GraphProto proto) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    for (TensorProto tensor : proto.getInitializerList()) {
      if (initializers.put(tensor.getName(), TensorCodec.decode(source, tensor)) != null) {
        throw source.refuse(
            "initializer '%s' is given twice, must be unique; export the model again"
                .formatted(tensor.getName()));
      }
    }
    proto.getSparseInitializerList().forEach(t -> AttributeCodec.requireInline(source, t));
    return new Graph(
        proto.getName(),
        proto.getNodeList().stream().map(node -> NodeCodec.decode(source, node)).toList(),
        initializers,
        proto.getInputList().stream().map(TypeCodec::decode).toList(),
        proto.getOutputList().stream().map(TypeCodec::decode).toList(),
        proto.getValueInfoList().stream().map(TypeCodec::decode).toList(),
        proto.getDocString(),
        Opaque.of(extras(proto).toByteArray()));
  }

  static GraphProto encode(Graph graph, Placement placement) {
    GraphProto extras = parse(graph);
    GraphProto.Builder proto = extras.toBuilder().clearInitializer().setName(graph.name());
    graph.nodes().forEach(node -> proto.addNode(NodeCodec.encode(node, placement)));
    Map<String, TensorProto> known = new LinkedHashMap<>();
    extras.getInitializerList().forEach(tensor -> known.put(tensor.getName(), tensor));
    graph
        .initializers()
        .forEach(
            (name, tensor) -> {
              TensorProto.Builder builder =
                  known.getOrDefault(name, TensorProto.getDefaultInstance()).toBuilder();
              placement.place(builder.setName(name), tensor);
              proto.addInitializer(builder);
            });
    graph.inputs().forEach(info -> proto.addInput(TypeCodec.encode(info)));
    graph.outputs().forEach(info -> proto.addOutput(TypeCodec.encode(info)));
    graph.valueInfos().forEach(info -> proto.addValueInfo(TypeCodec.encode(info)));
    if (!graph.documentation().isEmpty()) {
      proto.setDocString(graph.documentation());
    }
    return proto.build();
  }

  /** What the IR does not model; of initializers only those that say more than name and value. */
  private static GraphProto extras(GraphProto proto) {
    GraphProto.Builder extras =
        proto.toBuilder()
            .clearNode()
            .clearName()
            .clearInitializer()
            .clearDocString()
            .clearInput()
            .clearOutput()
            .clearValueInfo();
    for (TensorProto tensor : proto.getInitializerList()) {
      TensorProto more = TensorCodec.extras(tensor);
      if (!more.toBuilder().clearName().build().equals(TensorProto.getDefaultInstance())) {
        extras.addInitializer(more);
      }
    }
    return extras.build();
  }

  private static GraphProto parse(Graph graph) {
    try {
      return GraphProto.parseFrom(graph.extras().bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "extras of graph " + graph.name() + " are no GraphProto", e);
    }
  }
}
