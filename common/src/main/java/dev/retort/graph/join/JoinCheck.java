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
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks that an encoder and a head fit together, before anything is joined. */
final class JoinCheck {
  private static final int TOKENS_RANK = 3;
  private static final int MASK_RANK = 2;

  private final Model encoder;
  private final ValueType.OfTensor hidden;
  private final Optional<ValueType.OfTensor> taken;

  private JoinCheck(Model encoder, ValueType.OfTensor hidden, ValueType head) {
    this.encoder = encoder;
    this.hidden = hidden;
    this.taken = head instanceof ValueType.OfTensor type ? Optional.of(type) : Optional.empty();
  }

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
    ValueInfo input = onlyInput(head);
    new JoinCheck(encoder, hidden, input.type()).check(output.name(), bridge.pooling());
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

  private void check(String output, Pooling pooling) {
    if (pooling != Pooling.NONE && !hasTokens()) {
      throw refused(
          "output '%s' of the encoder has rank %d, %s, must have rank 3, [N, tokens, width], for pooling %s; %s"
              .formatted(output, rank(hidden).getAsInt(), hidden, pooling, remedy()));
    }
    if (pooling == Pooling.MEAN) {
      checkMask();
    }
    if (taken.isPresent()) {
      checkTypes(hidden, taken.get());
      checkShapes(taken.get(), pooling);
    }
  }

  private void checkMask() {
    if (mask().isEmpty()) {
      throw refused(
          "the inputs of the encoder are %s, must have one named %s for pooling mean; %s"
              .formatted(names(encoder.graph().inputs()), BridgeNodes.MASK, remedy()));
    }
    if (!hasMask()) {
      throw refused(
          "input %s of the encoder is %s, must be [N, tokens] for pooling mean; %s"
              .formatted(BridgeNodes.MASK, mask().get().type(), remedy()));
    }
  }

  /** Which poolings make of this encoder's output what this head takes, if any does. */
  private String remedy() {
    List<String> fitting =
        Stream.of(Pooling.values()).filter(this::fits).map(Pooling::toString).toList();
    return fitting.isEmpty()
        ? "no pooling fits, give another head or encoder"
        : "use pooling " + String.join(" or ", fitting);
  }

  private boolean fits(Pooling pooling) {
    OptionalInt given = given(pooling);
    OptionalInt wanted = taken.map(JoinCheck::rank).orElse(OptionalInt.empty());
    return (pooling == Pooling.NONE || hasTokens())
        && (pooling != Pooling.MEAN || hasMask())
        && (given.isEmpty() || wanted.isEmpty() || given.equals(wanted));
  }

  /** The rank of what the head gets. */
  private OptionalInt given(Pooling pooling) {
    OptionalInt rank = rank(hidden);
    return pooling == Pooling.NONE || rank.isEmpty() ? rank : OptionalInt.of(rank.getAsInt() - 1);
  }

  private boolean hasTokens() {
    return rank(hidden).orElse(TOKENS_RANK) == TOKENS_RANK;
  }

  private boolean hasMask() {
    return mask()
        .filter(
            input ->
                !(input.type() instanceof ValueType.OfTensor type)
                    || rank(type).orElse(MASK_RANK) == MASK_RANK)
        .isPresent();
  }

  private Optional<ValueInfo> mask() {
    return encoder.graph().inputs().stream()
        .filter(input -> input.name().equals(BridgeNodes.MASK))
        .findFirst();
  }

  private static OptionalInt rank(ValueType.OfTensor type) {
    return type.shape().map(shape -> OptionalInt.of(shape.size())).orElse(OptionalInt.empty());
  }

  private static void checkTypes(ValueType.OfTensor hidden, ValueType.OfTensor taken) {
    if (hidden.elementType() != taken.elementType()) {
      throw refused(
          "the encoder gives %s, the head takes %s, must be equal; export both in one type"
              .formatted(hidden.elementType(), taken.elementType()));
    }
  }

  private void checkShapes(ValueType.OfTensor head, Pooling pooling) {
    if (hidden.shape().isEmpty() || head.shape().isEmpty()) {
      return;
    }
    int given = given(pooling).getAsInt();
    int wanted = head.shape().get().size();
    if (given != wanted) {
      throw refused(
          "the encoder gives rank %d behind pooling %s, the head takes rank %d, %s, must be equal; %s"
              .formatted(given, pooling, wanted, head, remedy()));
    }
    Optional<Long> width = lastSize(hidden.shape().get());
    Optional<Long> needed = lastSize(head.shape().get());
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

  private static UserError refused(String problem) {
    return UserError.input("Cannot join the models: " + problem);
  }
}
