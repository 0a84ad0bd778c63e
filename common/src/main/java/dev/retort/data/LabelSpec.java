package dev.retort.data;

import dev.retort.error.UserError;
import java.io.Serializable;

/**
 * The class label of a sample.
 *
 * @param column the source column
 * @param classes how many classes there are; labels are 0 to {@code classes - 1}
 */
public record LabelSpec(String column, int classes) implements Serializable {
  /**
   * Checks the count.
   *
   * @throws UserError if there are fewer than two classes
   */
  public LabelSpec {
    if (classes < 2) {
      throw UserError.usage(
          "Cannot use label column %s: classes is %d, must be 2 or more"
              .formatted(column, classes));
    }
  }
}
