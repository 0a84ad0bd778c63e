package dev.retort.jobs.cli;

import dev.retort.data.TokenLengths;
import dev.retort.error.UserError;
import dev.retort.jobs.stage.CheckedModel;
import dev.retort.jobs.stage.DataCheck;
import dev.retort.jobs.stage.Pipeline;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.DataSettings.Source;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.TextSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks what a recipe points to, without Spark and without native code. */
final class RecipeValidation {
  private static final Pattern REMOTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  private final PipelineRequest request;
  private final Recipe recipe;

  private RecipeValidation(PipelineRequest request) {
    this.request = request;
    this.recipe = request.recipe();
  }

  /**
   * Checks that the data can be read and that the model is sound and takes the data's inputs.
   *
   * @return what was found in order, one line each
   * @throws UserError if something is wrong
   */
  static List<String> check(PipelineRequest request) {
    RecipeValidation validation = new RecipeValidation(request);
    DataSettings data = request.recipe().data();
    List<String> findings = new ArrayList<>();
    DataCheck sources = DataCheck.of(data);
    findings.add(source("data.train", data.train(), sources::train));
    findings.add(source("data.test", data.test(), sources::test));
    CheckedModel model = CheckedModel.of(request.recipe());
    findings.add(found(model));
    Pipeline.checkMemory(request.recipe(), model).ifPresent(findings::add);
    data.text().map(validation::texts).ifPresent(findings::add);
    return findings;
  }

  private static boolean isRemote(String path) {
    return REMOTE.matcher(path).matches() && !path.startsWith("file:");
  }

  private static String source(String key, Source source, Supplier<String> looked) {
    return isRemote(source.path())
        ? "%s is %s, not looked at: it is remote".formatted(key, source.path())
        : "%s is there: %s, %s".formatted(key, source.path(), looked.get());
  }

  private static String found(CheckedModel model) {
    return "model is sound and takes the inputs of the data: %s, %d nodes, %d classes"
        .formatted(model.name(), model.original().graph().nodes().size(), model.classes());
  }

  /** What texts lose, as far as the data was ingested before. */
  private String texts(TextSettings text) {
    String known =
        knownTexts().entrySet().stream()
            .map(set -> "%s has %s".formatted(set.getKey(), set.getValue().words()))
            .collect(Collectors.joining("; "));
    return "texts are cut to %d tokens: %s"
        .formatted(
            text.maxLength(),
            known.isEmpty() ? "how many that shortens is known once they are ingested" : known);
  }

  /** Nothing where looking would need another machine. */
  private Map<String, TokenLengths> knownTexts() {
    return Stream.of(
                recipe.data().train().path(),
                recipe.data().test().path(),
                request.work().toString())
            .anyMatch(RecipeValidation::isRemote)
        ? Map.of()
        : Pipeline.knownTexts(request);
  }
}
