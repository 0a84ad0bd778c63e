package dev.retort.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.onnx.proto.AttributeProto;
import dev.retort.graph.onnx.proto.NodeProto;
import java.util.LinkedHashMap;
import java.util.Map;

/** Nodes between the file format and the IR. */
final class NodeCodec {
  private NodeCodec() {}

  static Node decode(Source source, NodeProto proto) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (AttributeProto attribute : proto.getAttributeList()) {
      Attribute value = AttributeCodec.decode(source, attribute);
      if (attributes.put(attribute.getName(), value) != null) {
        throw source.refuse(
            "node '%s' (%s) has attribute '%s' twice, must have it once; export the model again"
                .formatted(proto.getName(), proto.getOpType(), attribute.getName()));
      }
    }
    return new Node(
        proto.getName(),
        proto.getDomain(),
        proto.getOpType(),
        proto.getInputList(),
        proto.getOutputList(),
        attributes,
        proto.getDocString(),
        Opaque.of(extras(proto).toByteArray()));
  }

  static NodeProto encode(Node node, Placement placement) {
    NodeProto extras = parse(node);
    NodeProto.Builder proto =
        extras.toBuilder()
            .clearAttribute()
            .setOpType(node.opType())
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs());
    if (!node.name().isEmpty()) {
      proto.setName(node.name());
    }
    if (!node.domain().isEmpty()) {
      proto.setDomain(node.domain());
    }
    if (!node.documentation().isEmpty()) {
      proto.setDocString(node.documentation());
    }
    Map<String, AttributeProto> known = new LinkedHashMap<>();
    extras.getAttributeList().forEach(attribute -> known.put(attribute.getName(), attribute));
    node.attributes()
        .forEach(
            (name, value) ->
                proto.addAttribute(
                    AttributeCodec.encode(
                        name,
                        value,
                        known.getOrDefault(name, AttributeProto.getDefaultInstance()),
                        placement)));
    return proto.build();
  }

  /** What the IR does not model; of attributes only those that say more than name and value. */
  private static NodeProto extras(NodeProto proto) {
    NodeProto.Builder extras =
        proto.toBuilder()
            .clearInput()
            .clearOutput()
            .clearName()
            .clearOpType()
            .clearAttribute()
            .clearDocString()
            .clearDomain();
    for (AttributeProto attribute : proto.getAttributeList()) {
      AttributeProto more = AttributeCodec.extras(attribute);
      if (!more.toBuilder().clearName().build().equals(AttributeProto.getDefaultInstance())) {
        extras.addAttribute(more);
      }
    }
    return extras.build();
  }

  private static NodeProto parse(Node node) {
    try {
      return NodeProto.parseFrom(node.extras().bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("extras of " + node + " are no NodeProto", e);
    }
  }
}
