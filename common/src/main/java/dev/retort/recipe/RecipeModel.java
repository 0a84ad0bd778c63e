package dev.retort.recipe;

import dev.retort.graph.Model;
import dev.retort.graph.join.Bridge;
import dev.retort.graph.join.ModelJoin;
import dev.retort.graph.onnx.OnnxReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The teacher that a recipe names: a file, or an encoder and a head that are joined. */
public final class RecipeModel {
  private RecipeModel() {}

  /**
   * Reads the teacher, normalised as {@link OnnxReader} does it.
   *
   * @throws dev.retort.error.UserError if a file is no model, or encoder and head do not fit
   */
  public static Model read(Recipe recipe) {
    List<Model> models =
        recipe.model().stream().map(file -> OnnxReader.read(Path.of(file))).toList();
    return models.size() == 1
        ? models.get(0)
        : ModelJoin.join(
            models.get(0),
            models.get(1),
            new Bridge(recipe.pooling().orElseThrow(), recipe.normalize()));
  }

  /** The file that is the teacher as it stands; empty where the teacher is joined from two. */
  public static Optional<Path> file(Recipe recipe) {
    return recipe.model().size() == 1
        ? Optional.of(Path.of(recipe.model().get(0)))
        : Optional.empty();
  }

  /** What people call the teacher: the names of its files. */
  public static String title(Recipe recipe) {
    return recipe.model().stream()
        .map(file -> Path.of(file).getFileName().toString().replaceFirst("\\.onnx$", ""))
        .collect(Collectors.joining(" + "));
  }
}
