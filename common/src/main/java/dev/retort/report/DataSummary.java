package dev.retort.report;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.InputSpec;
import dev.retort.data.TokenLengths;
import java.util.Optional;

/**
 * A data set of the run.
 *
 * @param name such as {@code train}
 * @param samples how many it has
 * @param texts how long its texts are, if it has any
 */
public record DataSummary(String name, long samples, Optional<Texts> texts) {

  /**
   * The texts of a data set.
   *
   * @param maxLength tokens that they are cut to
   */
  public record Texts(TokenLengths lengths, int maxLength) {}

  /** What stands in {@code descriptor}. */
  public static DataSummary of(DatasetDescriptor descriptor) {
    return new DataSummary(
        descriptor.name(),
        descriptor.samples(),
        descriptor.inputs().stream()
            .filter(InputSpec::isText)
            .map(input -> new Texts(descriptor.lengths(), input.text().maxLength()))
            .findFirst());
  }
}
