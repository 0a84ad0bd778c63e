package dev.retort.recipe;

import dev.retort.graph.Model;
import dev.retort.graph.join.Bridge;
import dev.retort.graph.join.ModelJoin;
import dev.retort.graph.onnx.OnnxReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The teacher that a recipe names: a file, or an encoder and a head that are joined. */
public final class RecipeModel {
  private RecipeModel() {}

  /**
   * Reads the teacher from {@code files}, normalised as {@link OnnxReader} does it.
   *
   * @param files where the recipe's {@code model} lies on this machine, in its order
   * @throws dev.retort.error.UserError if a file is no model, or encoder and head do not fit
   */
  public static Model read(Recipe recipe, List<Path> files) {
    List<Model> models = files.stream().map(OnnxReader::read).toList();
    return models.size() == 1
        ? models.get(0)
        : ModelJoin.join(
            models.get(0),
            models.get(1),
            new Bridge(recipe.pooling().orElseThrow(), recipe.normalize()));
  }

  /** What people call the teacher: the names of its files. */
  public static String title(Recipe recipe) {
    return recipe.model().stream()
        .map(file -> Path.of(file).getFileName().toString().replaceFirst("\\.onnx$", ""))
        .collect(Collectors.joining(" + "));
  }
}
