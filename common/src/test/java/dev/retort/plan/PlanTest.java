package dev.retort.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.partition.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanTest {
  @Test
  void aPlanKeepsWhatItWasGiven() {
    List<Decision> decisions = new ArrayList<>();
    decisions.add(Decision.of("conv1", "int8", "it is a Conv").with("scale", 0.5));
    Plan plan = new Plan("quantize", new TreeMap<>(), decisions);

    decisions.clear();

    assertThat(plan.decisions()).hasSize(1);
    assertThat(plan.decisions().get(0).numbers()).containsEntry("scale", 0.5);
    assertThatThrownBy(() -> plan.settings().put("a", "b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aPartIsOneOfItsCount() {
    assertThat(Part.WHOLE).isEqualTo(new Part(0, 1));
    assertThatThrownBy(() -> new Part(2, 2)).isInstanceOf(IllegalArgumentException.class);
  }
}
