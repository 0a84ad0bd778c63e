package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.recipe.DataSettings;
import java.util.List;

/** What the recipe says of the data, as the data package takes it. */
final class InputSpecs {
  private InputSpecs() {}

  static List<InputSpec> of(DataSettings data) {
    return data.inputs().entrySet().stream()
        .map(entry -> entry.getValue().spec(entry.getKey()))
        .toList();
  }

  static SampleColumns columns(DataSettings data) {
    return new SampleColumns(
        of(data),
        data.label().map(label -> new LabelSpec(label.column(), label.classes())),
        data.id());
  }
}
