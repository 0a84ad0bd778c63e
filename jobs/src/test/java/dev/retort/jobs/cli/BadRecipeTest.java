package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recipes that every command must refuse with exit code 2 and one line that names the key, where it
 * stands, what it must be and the remedy, before anything is made.
 */
class BadRecipeTest {
  private static final String SOUND =
      """
      name: small
      model: model.onnx
      data:
        train: {format: json, path: rows.jsonl}
        test: {format: json, path: rows.jsonl}
        inputs:
          x: {type: float32, shape: [4]}
        label: {column: label, classes: 2}
      steps: [fuse]
      runtime: {batch: 32}
      """;

  @TempDir private Path folder;

  /**
   * A wrong recipe.
   *
   * @param parts what the message must have
   */
  private record Wrong(String kind, String text, List<String> parts) {
    @Override
    public String toString() {
      return kind;
    }
  }

  @ParameterizedTest
  @MethodSource("wrongRecipes")
  void aWrongRecipeIsRefusedByEveryCommand(Wrong wrong) {
    SmallTask task = SmallTask.in(folder);
    Path recipe = task.write("recipe.yaml", wrong.text());

    for (String command : List.of("validate", "plan", "compress", "label", "calibrate", "bench")) {
      Command refused = Command.run(command, recipe.toString(), "--work", task.work().toString());

      assertThat(refused.exitCode()).as(command).isEqualTo(2);
      assertThat(refused.err())
          .startsWith("Cannot read the recipe " + recipe + ": ")
          .contains(wrong.parts());
      assertThat(refused.err().lines()).hasSize(1);
      assertThat(refused.out()).isEmpty();
    }
    assertThat(task.work()).doesNotExist();
  }

  static Stream<Wrong> wrongRecipes() {
    return Stream.of(
        with("a missing key", "model: model.onnx\n", "", "model is missing, must be ", "add it"),
        with(
            "a missing key of a section",
            "format: json, path: rows.jsonl}\n  test",
            "path: rows.jsonl}\n  test",
            "data.train.format is missing, must be one of parquet, orc, csv, json, images, idx"),
        with(
            "an unknown key",
            "runtime: {batch: 32}",
            "runtime: {bacth: 32}",
            "runtime.bacth (line 10) is unknown",
            "did you mean batch?"),
        with(
            "an unknown key of the top level",
            "runtime:",
            "runtimes:",
            "runtimes (line 10) is unknown",
            "did you mean runtime?"),
        with(
            "a wrong type",
            "batch: 32",
            "batch: many",
            "runtime.batch (line 10) is many, must be auto or a whole number 1 to 4096"),
        with(
            "a wrong range",
            "classes: 2",
            "classes: 1",
            "data.label.classes (line 8) is 1, must be whole number 2 to 1000000"),
        with(
            "a shape that is none",
            "shape: [4]",
            "shape: [-4]",
            "data.inputs.x.shape (line 7)",
            "must be list of whole numbers 1 to 16777216"),
        with(
            "an unknown step",
            "[fuse]",
            "[quantise]",
            "steps.0.quantise (line 9) is unknown",
            "did you mean quantize?"),
        with(
            "an order of steps that is refused",
            "[fuse]",
            "[quantize, prune]",
            "steps.1 (line 9) is prune after quantize",
            "must come before it or not at all"),
        with(
            "a step of another version",
            "[fuse]",
            "[distill, fuse]",
            "steps.0 (line 9) is distill, must be one of fuse, quantize, label"),
        with("no YAML", "steps: [fuse]", "steps: [fuse", "line "));
  }

  @Test
  void theSoundRecipeIsReadAndOnlyItsDataIsMissing() {
    SmallTask task = SmallTask.in(folder);
    Path recipe = task.write("recipe.yaml", SOUND);

    Command command = Command.run("validate", recipe.toString(), "--work", task.work().toString());

    assertThat(command.exitCode()).isEqualTo(3);
    assertThat(command.err()).contains("data.train.path is rows.jsonl, must be a file or");
  }

  private static Wrong with(String kind, String from, String to, String... parts) {
    assertThat(SOUND).contains(from);
    return new Wrong(kind, SOUND.replace(from, to), List.of(parts));
  }
}
