package dev.retort.jobs.stage;

import dev.retort.jobs.SparkTest;
import dev.retort.jobs.TextModels;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.SaveMode;

/** Some of the glosses with a small random model, so that texts run in seconds. */
final class GlossFixture {
  static final int TRAIN_ROWS = 1_000;
  static final int TEST_ROWS = 400;
  static final int CLASSES = 45;
  static final int MAX_LENGTH = 48;

  private static final String RECIPE =
      """
      name: glosses
      model: %s
      data:
        train: {format: parquet, path: %s}
        test: {format: parquet, path: %s}
        inputs:
          text: {tokenizer: %s, max-length: 48}
        label: {classes: 45}
      steps:
        - fuse
      runtime: {batch: 8}
      """;

  private final Path folder;
  private final Path model;
  private final Path tokenizer;

  GlossFixture(Path folder) {
    this.folder = folder;
    this.model = TextModels.writeModel(folder.resolve("m.onnx"), TextModels.VOCABULARY, CLASSES);
    this.tokenizer = TextModels.writeTokenizer(folder.resolve("tokenizer.json"));
    write("train", TRAIN_ROWS);
    write("test", TEST_ROWS);
  }

  Path data(String split) {
    return folder.resolve(split);
  }

  /** The recipe with keys replaced as by {@code --set}. */
  Recipe recipe(Map<String, String> overrides) {
    Path file = folder.resolve("recipe.yaml");
    try {
      Files.writeString(
          file,
          RECIPE.formatted(model, folder.resolve("train"), folder.resolve("test"), tokenizer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return RecipeReader.read(file, new TreeMap<>(overrides));
  }

  PipelineRequest request(String work, Map<String, String> overrides) {
    return request(work, overrides, Optional.empty());
  }

  PipelineRequest request(String work, Map<String, String> overrides, Optional<Path> measurements) {
    return new PipelineRequest(
        recipe(overrides),
        folder.resolve(work).toUri(),
        Optional.of("run"),
        measurements,
        ProgressListener.silent());
  }

  private void write(String split, int rows) {
    SparkTest.session()
        .read()
        .parquet(
            FashionFixture.ROOT
                .resolve("data/wordnet-glosses/" + split + "/part-00000.parquet")
                .toString())
        .limit(rows)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(folder.resolve(split).toString());
  }
}
