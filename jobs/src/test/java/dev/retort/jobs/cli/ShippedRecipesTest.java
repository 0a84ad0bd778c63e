package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.ShippedRecipes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes in conf/recipes are valid: their files are there, and model and data fit. */
class ShippedRecipesTest {
  @TempDir Path folder;

  static List<String> names() {
    return ShippedRecipes.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theRecipeIsValidAndNamesItsBatch(String name) {
    Command command = validate(name);

    assertThat(command.exitCode()).as(command.err()).isZero();
    assertThat(command.out()).contains("The recipe is valid");
    assertThat(validate(name, "--show").out()).doesNotContain("batch: auto").contains("batch: ");
  }

  @Test
  void theGlossesAreCutToWhatTheirHeadWasTrainedOn() {
    assertThat(validate("wordnet-glosses.yaml").out())
        .contains(
            "45 classes",
            "texts are cut to 64 tokens: how many that shortens is known once they are ingested");
  }

  private Command validate(String name, String... more) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("validate", ShippedRecipes.copy(name, folder).toString()));
    words.addAll(List.of("--work", folder.toString()));
    words.addAll(List.of(more));
    return Command.run(words.toArray(String[]::new));
  }
}
