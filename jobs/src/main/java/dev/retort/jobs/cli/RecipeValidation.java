package dev.retort.jobs.cli;

import dev.retort.error.UserError;
import dev.retort.jobs.stage.CheckedModel;
import dev.retort.recipe.DataSettings.Source;
import dev.retort.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Checks what a recipe points to, without Spark and without native code. */
final class RecipeValidation {
  private static final Pattern REMOTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  private final Recipe recipe;

  private RecipeValidation(Recipe recipe) {
    this.recipe = recipe;
  }

  /**
   * Checks that files exist and that the model is sound and takes the data's inputs.
   *
   * @return what was found in order, one line each
   * @throws UserError if something is wrong
   */
  static List<String> check(Recipe recipe) {
    RecipeValidation validation = new RecipeValidation(recipe);
    List<String> findings = new ArrayList<>();
    findings.add(validation.source("data.train", recipe.data().train()));
    findings.add(validation.source("data.test", recipe.data().test()));
    findings.add(validation.model());
    return findings;
  }

  private String source(String key, Source source) {
    if (REMOTE.matcher(source.path()).matches() && !source.path().startsWith("file:")) {
      return "%s is %s, not looked at: it is remote".formatted(key, source.path());
    }
    Path path = Path.of(source.path().replaceFirst("^file:(//(?=/))?", ""));
    if (!GLOB.matcher(source.path()).find() && !Files.isReadable(path)) {
      throw UserError.input(
          "Cannot read the data: %s.path is %s, must be a readable file or folder; relative paths start at %s"
              .formatted(key, source.path(), Path.of("").toAbsolutePath()));
    }
    return "%s is there: %s".formatted(key, source.path());
  }

  private String model() {
    CheckedModel model = CheckedModel.of(recipe);
    return "model is sound and takes the inputs of the data: %s, %d nodes, %d classes"
        .formatted(model.name(), model.original().graph().nodes().size(), model.classes());
  }
}
