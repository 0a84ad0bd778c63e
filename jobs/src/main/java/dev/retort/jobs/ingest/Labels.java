package dev.retort.jobs.ingest;

import dev.retort.data.BadSampleException;
import dev.retort.data.LabelSpec;

/** Checks labels against the classes. */
final class Labels {
  private Labels() {}

  static int checked(LabelSpec spec, long label) throws BadSampleException {
    if (label < 0 || label >= spec.classes()) {
      throw new BadSampleException(
          "%s is %d, must be 0 to %d".formatted(spec.column(), label, spec.classes() - 1));
    }
    return (int) label;
  }
}
