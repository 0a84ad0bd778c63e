package dev.retort.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Function;
import dev.retort.graph.Model;
import dev.retort.graph.Opaque;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.proto.FunctionProto;
import dev.retort.graph.onnx.proto.ModelProto;
import dev.retort.graph.onnx.proto.OperatorSetIdProto;
import dev.retort.graph.onnx.proto.StringStringEntryProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models and their functions between the file format and the IR. */
final class ModelCodec {
  private ModelCodec() {}

  static Model decode(Source source, ModelProto proto) {
    Map<String, String> metadata = new LinkedHashMap<>();
    proto.getMetadataPropsList().forEach(e -> metadata.putIfAbsent(e.getKey(), e.getValue()));
    return new Model(
        proto.getIrVersion(),
        operatorSets(proto.getOpsetImportList()),
        proto.getProducerName(),
        proto.getProducerVersion(),
        GraphCodec.decode(source, proto.getGraph()),
        proto.getFunctionsList().stream().map(f -> decode(source, f)).toList(),
        metadata,
        Opaque.of(
            proto.toBuilder()
                .clearIrVersion()
                .clearOpsetImport()
                .clearProducerName()
                .clearProducerVersion()
                .clearGraph()
                .clearFunctions()
                .clearMetadataProps()
                .build()
                .toByteArray()));
  }

  static ModelProto encode(Model model, Placement placement) {
    ModelProto.Builder proto =
        extras(model)
            .setIrVersion(model.irVersion())
            .addAllOpsetImport(encode(model.operatorSets()))
            .setGraph(GraphCodec.encode(model.graph(), placement));
    if (!model.producerName().isEmpty()) {
      proto.setProducerName(model.producerName());
    }
    if (!model.producerVersion().isEmpty()) {
      proto.setProducerVersion(model.producerVersion());
    }
    model.functions().forEach(f -> proto.addFunctions(encode(f, placement)));
    model
        .metadata()
        .forEach(
            (key, value) ->
                proto.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return proto.build();
  }

  private static Function decode(Source source, FunctionProto proto) {
    return new Function(
        proto.getDomain(),
        proto.getName(),
        proto.getInputList(),
        proto.getOutputList(),
        proto.getNodeList().stream().map(node -> NodeCodec.decode(source, node)).toList(),
        operatorSets(proto.getOpsetImportList()),
        Opaque.of(
            proto.toBuilder()
                .clearDomain()
                .clearName()
                .clearInput()
                .clearOutput()
                .clearNode()
                .clearOpsetImport()
                .build()
                .toByteArray()));
  }

  private static FunctionProto encode(Function function, Placement placement) {
    try {
      FunctionProto.Builder proto =
          FunctionProto.parseFrom(function.extras().bytes()).toBuilder()
              .setDomain(function.domain())
              .setName(function.name())
              .addAllInput(function.inputs())
              .addAllOutput(function.outputs())
              .addAllOpsetImport(encode(function.operatorSets()));
      function.nodes().forEach(node -> proto.addNode(NodeCodec.encode(node, placement)));
      return proto.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "extras of function " + function.name() + " are no FunctionProto", e);
    }
  }

  private static List<OperatorSet> operatorSets(List<OperatorSetIdProto> protos) {
    return protos.stream().map(p -> new OperatorSet(p.getDomain(), p.getVersion())).toList();
  }

  private static List<OperatorSetIdProto> encode(List<OperatorSet> sets) {
    return sets.stream()
        .map(
            set ->
                OperatorSetIdProto.newBuilder()
                    .setDomain(set.domain())
                    .setVersion(set.version())
                    .build())
        .toList();
  }

  private static ModelProto.Builder extras(Model model) {
    try {
      return ModelProto.parseFrom(model.extras().bytes()).toBuilder();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("extras of the model are no ModelProto", e);
    }
  }
}
