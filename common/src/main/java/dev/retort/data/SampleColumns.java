package dev.retort.data;

import java.util.List;
import java.util.Optional;

/**
 * Which columns of the source make a sample.
 *
 * @param inputs the model inputs
 * @param label the class label, if there is one
 * @param id the column of the user's id, if one is named
 */
public record SampleColumns(
    List<InputSpec> inputs, Optional<LabelSpec> label, Optional<String> id) {
  public SampleColumns {
    inputs = List.copyOf(inputs);
  }

  /** What is stored of each sample. */
  public SampleSchema schema() {
    return new SampleSchema(inputs, label.isPresent(), id.isPresent());
  }
}
