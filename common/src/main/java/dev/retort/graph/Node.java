package dev.retort.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One operator application. The empty string stands for an omitted optional input or output; the
 * empty domain is ONNX's own.
 */
public record Node(
    String name,
    String domain,
    String opType,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes,
    String documentation,
    Opaque extras) {

  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    domain = domain.equals("ai.onnx") ? "" : domain;
  }

  /**
   * A node of ONNX's own domain with the given attributes, in the order of their names: written
   * models must not depend on the order of a map, which {@link Map#of} changes between processes.
   */
  public static Node of(
      String name,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {
    return new Node(name, "", opType, inputs, outputs, new TreeMap<>(attributes), "", Opaque.NONE);
  }

  /** A node of ONNX's own domain without attributes. */
  public static Node of(String name, String opType, List<String> inputs, List<String> outputs) {
    return of(name, opType, inputs, outputs, Map.of());
  }

  /** Whether this is {@code opType} of ONNX's own domain. */
  public boolean is(String wantedOpType) {
    return domain.isEmpty() && opType.equals(wantedOpType);
  }

  /** Input {@code index}, or the empty string where it is omitted. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** Output {@code index}, or the empty string where it is omitted. */
  public String output(int index) {
    return index < outputs.size() ? outputs.get(index) : "";
  }

  public boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  public Optional<Attribute> attribute(String attributeName) {
    return Optional.ofNullable(attributes.get(attributeName));
  }

  /** An integer attribute, or {@code absent} when the node has none of that name and type. */
  public long intAttribute(String attributeName, long absent) {
    return attributes.get(attributeName) instanceof Attribute.Int i ? i.value() : absent;
  }

  public float floatAttribute(String attributeName, float absent) {
    return attributes.get(attributeName) instanceof Attribute.Real r ? r.value() : absent;
  }

  public String textAttribute(String attributeName, String absent) {
    return attributes.get(attributeName) instanceof Attribute.Text t ? t.value() : absent;
  }

  public List<Long> intsAttribute(String attributeName, List<Long> absent) {
    return attributes.get(attributeName) instanceof Attribute.Ints i ? i.values() : absent;
  }

  /** The graphs that this node holds (branches of If, bodies of Loop and Scan). */
  public List<Graph> subGraphs() {
    return attributes.values().stream()
        .flatMap(
            a ->
                a instanceof Attribute.SubGraph g
                    ? Stream.of(g.value())
                    : a instanceof Attribute.SubGraphs gs ? gs.values().stream() : Stream.of())
        .toList();
  }

  public Node withInputs(List<String> newInputs) {
    return new Node(name, domain, opType, newInputs, outputs, attributes, documentation, extras);
  }

  /** This node with input {@code index} replaced; inputs in between are omitted where absent. */
  public Node withInput(int index, String tensor) {
    List<String> changed = new ArrayList<>(inputs);
    while (changed.size() <= index) {
      changed.add("");
    }
    changed.set(index, tensor);
    return withInputs(changed);
  }

  public Node withOutputs(List<String> newOutputs) {
    return new Node(name, domain, opType, inputs, newOutputs, attributes, documentation, extras);
  }

  public Node withName(String newName) {
    return new Node(newName, domain, opType, inputs, outputs, attributes, documentation, extras);
  }

  public Node withOpType(String newOpType) {
    return new Node(name, domain, newOpType, inputs, outputs, attributes, documentation, extras);
  }

  public Node withAttributes(Map<String, Attribute> newAttributes) {
    return new Node(name, domain, opType, inputs, outputs, newAttributes, documentation, extras);
  }

  public Node withAttribute(String attributeName, Attribute value) {
    Map<String, Attribute> changed = new LinkedHashMap<>(attributes);
    changed.put(attributeName, value);
    return withAttributes(changed);
  }

  @Override
  public String toString() {
    return "%s = %s%s(%s) [%s]"
        .formatted(
            String.join(", ", outputs),
            domain.isEmpty() ? "" : domain + "::",
            opType,
            String.join(", ", inputs),
            name);
  }
}
