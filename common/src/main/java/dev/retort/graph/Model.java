package dev.retort.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An immutable ONNX model. Safe for use by several threads. */
public record Model(
    long irVersion,
    List<OperatorSet> operatorSets,
    String producerName,
    String producerVersion,
    Graph graph,
    List<Function> functions,
    Map<String, String> metadata,
    Opaque extras) {
  /** The opset that reading lifts models to. */
  public static final long OPSET = 17;

  /** The IR version that came with {@link #OPSET}. */
  public static final long IR_VERSION = 8;

  public Model {
    operatorSets = List.copyOf(operatorSets);
    functions = List.copyOf(functions);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** A model of ONNX's own operators at {@link #OPSET}. */
  public static Model of(Graph graph) {
    return new Model(
        IR_VERSION,
        List.of(new OperatorSet("", OPSET)),
        "retort",
        "",
        graph,
        List.of(),
        Map.of(),
        Opaque.NONE);
  }

  /** The version of {@code domain} that the model uses, 0 if it does not. */
  public long opset(String domain) {
    return operatorSets.stream()
        .filter(set -> set.domain().equals(domain))
        .mapToLong(OperatorSet::version)
        .findFirst()
        .orElse(0);
  }

  /** Whether {@code node} calls a function of this model. */
  public boolean isFunctionCall(Node node) {
    return functions.stream()
        .anyMatch(f -> f.name().equals(node.opType()) && f.domain().equals(node.domain()));
  }

  public Model withGraph(Graph newGraph) {
    return new Model(
        irVersion,
        operatorSets,
        producerName,
        producerVersion,
        newGraph,
        functions,
        metadata,
        extras);
  }

  public Model withIrVersion(long newIrVersion) {
    return new Model(
        newIrVersion,
        operatorSets,
        producerName,
        producerVersion,
        graph,
        functions,
        metadata,
        extras);
  }

  public Model withOperatorSets(List<OperatorSet> newOperatorSets) {
    return new Model(
        irVersion,
        newOperatorSets,
        producerName,
        producerVersion,
        graph,
        functions,
        metadata,
        extras);
  }
}
