package dev.retort.graph;

import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Optional;

/** The type of a value that flows along an edge. */
public sealed interface ValueType {

  /** A dense tensor; an empty {@code shape} means that not even the rank is known. */
  record OfTensor(ElementType elementType, Optional<List<Dim>> shape) implements ValueType {
    public OfTensor {
      shape = shape.map(List::copyOf);
    }

    public static OfTensor of(ElementType elementType, Dim... dims) {
      return new OfTensor(elementType, Optional.of(List.of(dims)));
    }

    public static OfTensor ofUnknownShape(ElementType elementType) {
      return new OfTensor(elementType, Optional.empty());
    }

    @Override
    public String toString() {
      return elementType + shape.map(Object::toString).orElse("[...]");
    }
  }

  /** A sequence, map, optional or sparse type, or none at all: kept as it was in the file. */
  record Other(Opaque encoded) implements ValueType {}
}
