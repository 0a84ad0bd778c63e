package dev.retort.jobs.mllib;

import dev.retort.error.UserError;
import java.util.List;

/**
 * Which columns feed which inputs, and where outputs go: the parameters as the user set them.
 * Nothing set means all of the model's, in its order, and columns of the same names.
 *
 * @param inputNames the model's inputs
 * @param inputCols a column for each
 * @param inputShapes one row's sizes for each, such as {@code 3x224x224}; empty for what the model
 *     states
 * @param outputNames the model's outputs
 * @param outputCols a new column for each
 */
record ColumnChoice(
    List<String> inputNames,
    List<String> inputCols,
    List<String> inputShapes,
    List<String> outputNames,
    List<String> outputCols) {

  /**
   * These choices with nothing left out.
   *
   * @throws UserError (exit 2) if two of them have different lengths
   */
  ColumnChoice completed(LocalModel model) {
    List<String> ins = inputNames.isEmpty() ? model.inputNames() : inputNames;
    List<String> outs = outputNames.isEmpty() ? model.outputNames() : outputNames;
    return new ColumnChoice(
        ins,
        matching("inputCols", inputCols, "input", ins, ins),
        matching("inputShapes", inputShapes, "input", ins, ins.stream().map(i -> "").toList()),
        outs,
        matching("outputCols", outputCols, "output", outs, outs));
  }

  private static List<String> matching(
      String parameter, List<String> set, String kind, List<String> names, List<String> standard) {
    if (set.isEmpty()) {
      return standard;
    }
    if (set.size() != names.size()) {
      throw UserError.usage(
          "Cannot match columns to the model: %s has %d entries, must have one for each %s of %s; set %sNames and %s"
              .formatted(parameter, set.size(), kind, names, kind, parameter));
    }
    return set;
  }
}
