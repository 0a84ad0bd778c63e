package dev.retort.recipe;

import static dev.retort.recipe.StepKind.DISTILL;
import static dev.retort.recipe.StepKind.EXPORT;
import static dev.retort.recipe.StepKind.FINE_TUNE;
import static dev.retort.recipe.StepKind.FUSE;
import static dev.retort.recipe.StepKind.LABEL;
import static dev.retort.recipe.StepKind.PRUNE;
import static dev.retort.recipe.StepKind.QUANTIZE;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which step may follow which: fine-tune, distill, prune, fuse, quantize, export is the order that
 * makes sense, and every part of it works. {@code label} only observes and may stand anywhere.
 */
final class StepOrder {
  private static final List<Rule> RULES =
      List.of(
          new Rule(
              FUSE,
              Set.of(FINE_TUNE, DISTILL, PRUNE),
              "fuse folds BatchNormalization into the weights, and a folded model trains badly"),
          new Rule(
              QUANTIZE,
              Set.of(FINE_TUNE, DISTILL),
              "quantize rounds the weights to integers, which training cannot move"),
          new Rule(
              QUANTIZE,
              Set.of(PRUNE),
              "ranges and scales were chosen for the channels that pruning would remove"),
          new Rule(
              QUANTIZE,
              Set.of(FUSE),
              "quantize fuses by itself, and what it quantized cannot be folded any more"),
          new Rule(
              EXPORT,
              Set.of(FINE_TUNE, DISTILL, PRUNE, FUSE, QUANTIZE),
              "export writes the final model for its device"),
          new Rule(FUSE, Set.of(FUSE), "the model is fused already"),
          new Rule(QUANTIZE, Set.of(QUANTIZE), "the model is quantized already"),
          new Rule(LABEL, Set.of(LABEL), "the teacher's outputs are stored already"));

  private StepOrder() {}

  private record Rule(StepKind earlier, Set<StepKind> later, String reason) {}

  /** Why step {@code index} may not stand where it does; empty when it may. */
  static Optional<String> refusal(List<StepKind> steps, int index) {
    StepKind step = steps.get(index);
    return RULES.stream()
        .filter(rule -> rule.later.contains(step))
        .filter(rule -> steps.subList(0, index).contains(rule.earlier))
        .map(
            rule ->
                "is %s after %s, must come before it or not at all: %s"
                    .formatted(step.key(), rule.earlier.key(), rule.reason))
        .findFirst();
  }
}
