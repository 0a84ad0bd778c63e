package dev.retort.jobs.mllib;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.ValueType;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * An input or output of a model that takes any number of rows at once.
 *
 * @param dims the dimensions of one row, without the batch axis; empty if not even their number is
 *     known, as may be with an output
 */
record ModelPort(String name, ElementType type, Optional<List<Dim>> dims) {
  ModelPort {
    dims = dims.map(List::copyOf);
  }

  /**
   * An input.
   *
   * @throws UserError (exit 3) if its number of axes is not stated, or its batch axis is fixed
   */
  static ModelPort input(String name, ValueType type) {
    ValueType.OfTensor tensor = tensor("input", name, type);
    List<Dim> shape =
        tensor
            .shape()
            .orElseThrow(
                () ->
                    UserError.input(
                        "Cannot use the model: input %s is %s, must state its dimensions; export it again with its shapes"
                            .formatted(name, tensor)));
    if (hasFixedBatch(shape)) {
      throw UserError.input(
          "Cannot use the model: input %s is %s, must have a first dimension without fixed size; export it with a dynamic batch axis"
              .formatted(name, tensor));
    }
    return new ModelPort(name, tensor.elementType(), Optional.of(shape.subList(1, shape.size())));
  }

  /**
   * An output.
   *
   * @throws UserError (exit 3) if it has not a value for each row
   */
  static ModelPort output(String name, ValueType type) {
    ValueType.OfTensor tensor = tensor("output", name, type);
    if (tensor.shape().filter(ModelPort::hasFixedBatch).isPresent()) {
      throw UserError.input(
          "Cannot use the model: output %s is %s, must have a first dimension without fixed size, one value a row; leave it out of outputNames"
              .formatted(name, tensor));
    }
    return new ModelPort(
        name, tensor.elementType(), tensor.shape().map(shape -> shape.subList(1, shape.size())));
  }

  private static boolean hasFixedBatch(List<Dim> shape) {
    return shape.isEmpty() || shape.get(0) instanceof Dim.Fixed;
  }

  private static ValueType.OfTensor tensor(String kind, String name, ValueType type) {
    if (!(type instanceof ValueType.OfTensor tensor)) {
      throw new UnsupportedModelError(
          "Cannot use the model: %s %s is no tensor, must be one; leave it out of the export"
              .formatted(kind, name));
    }
    if (!Elements.isSupported(tensor.elementType())) {
      throw new UnsupportedModelError(
          "Cannot use the model: %s %s is %s, must be a float, a signed integer, UINT8 or BOOL; put a Cast before or behind it"
              .formatted(kind, name, tensor));
    }
    return tensor;
  }

  @Override
  public String toString() {
    return type + dims.map(known -> "[N" + axes(known) + "]").orElse("[N, ...]");
  }

  private static String axes(List<Dim> dims) {
    StringBuilder text = new StringBuilder();
    dims.forEach(dim -> text.append(", ").append(dim));
    return text.toString();
  }
}
