package dev.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepOrderTest {
  @Test
  void theFullOrderAndEveryPartOfItIsAllowed() {
    List<StepKind> full =
        List.of(
            StepKind.FINE_TUNE,
            StepKind.DISTILL,
            StepKind.PRUNE,
            StepKind.FUSE,
            StepKind.QUANTIZE,
            StepKind.EXPORT);
    for (int mask = 1; mask < 1 << full.size(); mask++) {
      int chosen = mask;
      List<StepKind> part =
          IntStream.range(0, full.size())
              .filter(i -> (chosen >> i & 1) == 1)
              .mapToObj(full::get)
              .toList();
      for (int i = 0; i < part.size(); i++) {
        assertThat(StepOrder.refusal(part, i)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[fuse, distill]|steps.1 (--set) is distill after fuse|a folded model trains badly",
        "[fuse, prune]|is prune after fuse|a folded model trains badly",
        "[fuse, fine-tune]|is fine-tune after fuse|a folded model trains badly",
        "[quantize, prune]|is prune after quantize|channels that pruning would remove",
        "[quantize, distill]|is distill after quantize|training cannot move",
        "[quantize, fuse]|is fuse after quantize|quantize fuses by itself",
        "[export, fuse]|is fuse after export|writes the final model",
        "[fuse, fuse]|steps.1 (--set) is fuse after fuse|the model is fused already",
        "[quantize, quantize]|is quantize after quantize|quantized already",
        "[label, fuse, label]|steps.2 (--set) is label after label|stored already",
      })
  void anOrderThatMakesNoSenseIsRefusedWithTheReason(String steps, String what, String why) {
    assertThatThrownBy(() -> parse(steps))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(what, why, "must come before it or not at all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[fuse]", "[quantize]", "[fuse, quantize, label]", "[label, fuse]"})
  void theOrdersOfThisVersionAreRead(String steps) {
    assertThatCode(() -> parse(steps)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"distill", "prune", "fine-tune", "export"})
  void aStepThatIsNotPartOfThisVersionIsRefusedWithWhatIs(String step) {
    assertThatThrownBy(() -> parse("[" + step + ": {}]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "steps.0 (--set) is %s, must be one of fuse, quantize, label; %s is not part of this version"
                .formatted(step, step));
  }

  @Test
  void anUnknownStepIsRefusedWithTheNearestOne() {
    assertThatThrownBy(() -> parse("[quantise]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("steps.0.quantise (--set) is unknown")
        .hasMessageContaining("did you mean quantize?");
  }

  private static Recipe parse(String steps) {
    return RecipeReader.parse("r.yaml", Recipes.MINIMAL, Map.of("steps", steps));
  }
}
