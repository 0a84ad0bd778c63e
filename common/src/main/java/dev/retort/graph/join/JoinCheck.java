package dev.retort.graph.join;

import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks that an encoder and a head fit together, before anything is joined. */
final class JoinCheck {
  private static final int TOKENS_RANK = 3;
  private static final int MASK_RANK = 2;

  private JoinCheck() {}

  /**
   * Where the models meet.
   *
   * @param type of the encoder's first output, which the head takes
   */
  record Seam(ElementType type) {}

  /**
   * Checks the models.
   *
   * @throws UserError if they do not fit; names both sides
   */
  static Seam check(Model encoder, Model head, Bridge bridge) {
    ValueInfo output = encoder.graph().outputs().get(0);
    ValueType.OfTensor hidden =
        ShapeInference.infer(encoder)
            .of(output.name())
            .filter(type -> type.elementType().isFloat())
            .orElseThrow(
                () ->
                    refused(
                        "output '%s' of the encoder is no tensor of floats, must be one of token vectors; give a text encoder"
                            .formatted(output.name())));
    checkPooling(encoder, output.name(), hidden, bridge.pooling());
    ValueInfo input = onlyInput(head);
    if (input.type() instanceof ValueType.OfTensor taken) {
      checkTypes(hidden, taken);
      checkShapes(hidden, taken, bridge.pooling());
    }
    return new Seam(hidden.elementType());
  }

  private static ValueInfo onlyInput(Model head) {
    List<ValueInfo> inputs = head.graph().requiredInputs();
    if (inputs.size() != 1) {
      throw refused(
          "the head takes %d inputs (%s), must take one; give a head of one input"
              .formatted(inputs.size(), names(inputs)));
    }
    return inputs.get(0);
  }

  private static void checkPooling(
      Model encoder, String output, ValueType.OfTensor hidden, Pooling pooling) {
    if (pooling == Pooling.NONE) {
      return;
    }
    if (hidden.shape().isPresent() && hidden.shape().get().size() != TOKENS_RANK) {
      throw refused(
          "output '%s' of the encoder has rank %d, %s, must have rank 3, [N, tokens, width], for pooling %s; use pooling none"
              .formatted(output, hidden.shape().get().size(), hidden, name(pooling)));
    }
    if (pooling == Pooling.MEAN) {
      checkMask(encoder);
    }
  }

  private static void checkMask(Model encoder) {
    List<ValueInfo> inputs = encoder.graph().inputs();
    ValueInfo mask =
        inputs.stream()
            .filter(input -> input.name().equals(BridgeNodes.MASK))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "the inputs of the encoder are %s, must have one named %s for pooling mean; use pooling cls or none"
                            .formatted(names(inputs), BridgeNodes.MASK)));
    boolean fits =
        !(mask.type() instanceof ValueType.OfTensor type)
            || type.shape().map(shape -> shape.size() == MASK_RANK).orElse(true);
    if (!fits) {
      throw refused(
          "input %s of the encoder is %s, must be [N, tokens] for pooling mean; use pooling cls or none"
              .formatted(BridgeNodes.MASK, mask.type()));
    }
  }

  private static void checkTypes(ValueType.OfTensor hidden, ValueType.OfTensor taken) {
    if (hidden.elementType() != taken.elementType()) {
      throw refused(
          "the encoder gives %s, the head takes %s, must be equal; export both in one type"
              .formatted(hidden.elementType(), taken.elementType()));
    }
  }

  private static void checkShapes(
      ValueType.OfTensor hidden, ValueType.OfTensor taken, Pooling pooling) {
    if (hidden.shape().isEmpty() || taken.shape().isEmpty()) {
      return;
    }
    int given = hidden.shape().get().size() - (pooling == Pooling.NONE ? 0 : 1);
    int wanted = taken.shape().get().size();
    if (given != wanted) {
      throw refused(
          "the encoder gives rank %d behind pooling %s, the head takes rank %d, %s, must be equal; use another pooling"
              .formatted(given, name(pooling), wanted, taken));
    }
    Optional<Long> width = lastSize(hidden.shape().get());
    Optional<Long> needed = lastSize(taken.shape().get());
    if (width.isPresent() && needed.isPresent() && !width.equals(needed)) {
      throw refused(
          "the encoder gives vectors of width %d, the head takes width %d, must be equal; give the head that was trained on this encoder"
              .formatted(width.get(), needed.get()));
    }
  }

  private static Optional<Long> lastSize(List<Dim> shape) {
    return !shape.isEmpty() && shape.get(shape.size() - 1) instanceof Dim.Fixed fixed
        ? Optional.of(fixed.size())
        : Optional.empty();
  }

  private static String names(List<ValueInfo> values) {
    return values.stream().map(ValueInfo::name).collect(Collectors.joining(", "));
  }

  private static String name(Pooling pooling) {
    return pooling.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static UserError refused(String problem) {
    return UserError.input("Cannot join the models: " + problem);
  }
}
