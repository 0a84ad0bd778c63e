package dev.retort.graph.shape;

import dev.retort.graph.Dim;
import dev.retort.graph.ValueType;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known of a tensor before a run; each part may be unknown. */
record TensorFact(Optional<ElementType> type, Optional<Shape> shape, Optional<IntValues> values) {
  static final TensorFact UNKNOWN =
      new TensorFact(Optional.empty(), Optional.empty(), Optional.empty());

  static TensorFact of(Optional<ElementType> type, Optional<Shape> shape) {
    return new TensorFact(type, shape, Optional.empty());
  }

  static TensorFact of(ElementType type, Optional<Shape> shape) {
    return of(Optional.of(type), shape);
  }

  static TensorFact of(ElementType type, IntValues values) {
    return of(Optional.of(type), values);
  }

  static TensorFact of(Optional<ElementType> type, IntValues values) {
    return new TensorFact(type, Optional.of(values.shape()), Optional.of(values));
  }

  static TensorFact of(Tensor tensor) {
    return new TensorFact(
        Optional.of(tensor.type()), Optional.of(Shape.of(tensor.dims())), IntValues.of(tensor));
  }

  static TensorFact of(ValueType type) {
    return type instanceof ValueType.OfTensor tensor
        ? of(tensor.elementType(), tensor.shape().map(Shape::ofDims))
        : UNKNOWN;
  }

  /** As {@link #of(ValueType)}; dimensions without a name get {@code name.axis}. */
  static TensorFact ofInput(String name, ValueType type) {
    if (!(type instanceof ValueType.OfTensor tensor) || tensor.shape().isEmpty()) {
      return of(type);
    }
    List<Dim> dims = new ArrayList<>(tensor.shape().get());
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) instanceof Dim.Unknown) {
        dims.set(i, Dim.of(name + "." + i));
      }
    }
    return of(tensor.elementType(), Optional.of(Shape.ofDims(dims)));
  }

  /** This, with what {@code stated} adds where this is unknown. */
  TensorFact orElse(TensorFact stated) {
    Optional<Shape> merged = shape;
    if (shape.isEmpty()) {
      merged = stated.shape;
    } else if (stated.shape.isPresent() && stated.shape.get().rank() == shape.get().rank()) {
      List<Extent> extents = new ArrayList<>(shape.get().extents());
      for (int i = 0; i < extents.size(); i++) {
        extents.set(i, extents.get(i).isKnown() ? extents.get(i) : stated.shape.get().at(i));
      }
      merged = Optional.of(new Shape(extents));
    }
    return new TensorFact(type.or(stated::type), merged, values);
  }

  Optional<ValueType.OfTensor> toType() {
    return type.map(t -> new ValueType.OfTensor(t, shape.map(Shape::toDims)));
  }
}
