package dev.retort.graph.shape;

import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What {@link ShapeInference} knows of each tensor of a model's top-level graph. Immutable. */
public final class TensorTypes {
  private final Map<String, TensorFact> facts;

  TensorTypes(Map<String, TensorFact> facts) {
    this.facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** The tensors of the graph: constants, inputs, then outputs of nodes in order. */
  public Set<String> names() {
    return facts.keySet();
  }

  /** The type of {@code tensor}; empty when not even its element type is known. */
  public Optional<ValueType.OfTensor> of(String tensor) {
    return fact(tensor).toType();
  }

  /** The dimensions of {@code tensor} if they depend on no symbol. */
  public Optional<Dims> dims(String tensor) {
    return dims(tensor, Map.of());
  }

  /** The dimensions of {@code tensor} where each symbol has the given size; empty if unknown. */
  public Optional<Dims> dims(String tensor, Map<String, Long> sizes) {
    return fact(tensor).shape().flatMap(shape -> shape.at(sizes::get));
  }

  /** The elements of a small integer tensor that are the same in every run. */
  public Optional<List<Long>> values(String tensor) {
    return fact(tensor).values().flatMap(IntValues::fixed);
  }

  private TensorFact fact(String tensor) {
    return facts.getOrDefault(tensor, TensorFact.UNKNOWN);
  }
}
