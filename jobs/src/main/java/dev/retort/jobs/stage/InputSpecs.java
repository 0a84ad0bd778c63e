package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.Layout;
import dev.retort.data.SampleColumns;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.InputSettings;
import java.util.Arrays;
import java.util.List;

/** What the recipe says of the data, as the data package takes it. */
final class InputSpecs {
  private InputSpecs() {}

  static List<InputSpec> of(DataSettings data) {
    return data.inputs().entrySet().stream()
        .map(entry -> of(entry.getKey(), entry.getValue()))
        .toList();
  }

  static SampleColumns columns(DataSettings data) {
    return new SampleColumns(
        of(data),
        data.label().map(label -> new LabelSpec(label.column(), label.classes())),
        data.id());
  }

  /** What changes nothing is left out, so that no node of the prefix computes it. */
  private static List<Double> without(double neutral, List<Double> values) {
    return values.stream().allMatch(value -> value == neutral) ? List.of() : values;
  }

  private static InputSpec of(String name, InputSettings input) {
    return new InputSpec(
        name,
        input.column(),
        input.type(),
        Arrays.stream(input.shape().toArray()).boxed().toList(),
        input.scale(),
        without(0, input.mean()),
        without(1, input.std()),
        input.layout() == InputSettings.Layout.HWC_TO_CHW ? Layout.CHANNELS_LAST : Layout.AS_MODEL);
  }
}
