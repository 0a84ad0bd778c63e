package dev.retort.jobs.stage;

import dev.retort.jobs.SparkTest;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.SaveMode;

/** A small part of Fashion-MNIST with a recipe, so that the main job runs in seconds. */
public final class FashionFixture {
  public static final Path ROOT = Path.of(System.getProperty("retort.root"));
  static final int TRAIN_ROWS = 1_280;
  static final int TEST_ROWS = 512;

  private static final String RECIPE =
      """
      name: fixture
      model: %s
      data:
        train: {format: parquet, path: %s}
        test: {format: parquet, path: %s}
        inputs:
          image: {column: image, type: uint8, shape: [1, 28, 28], scale: 0.00392156862745098}
        label: {column: label, classes: 10}
      steps:
        - fuse
        - quantize: {preset: int8, calibration: {samples: 192, range: mse}, ops: [add, pool, activation]}
      runtime: {batch: 32}
      gates: {accuracy-drop: 5.0, size-ratio: 3.0}
      """;

  private final Path folder;

  public FashionFixture(Path folder) {
    this.folder = folder;
    write("train", TRAIN_ROWS);
    write("test", TEST_ROWS);
  }

  public Path data(String split) {
    return folder.resolve(split);
  }

  /** Writes the recipe with a model of another name or place. */
  public Path writeRecipe(Path file, String model) {
    try {
      return Files.writeString(file, RECIPE.formatted(model, data("train"), data("test")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The recipe with keys replaced as by {@code --set}. */
  Recipe recipe(Map<String, String> overrides) {
    Path file =
        writeRecipe(
            folder.resolve("recipe.yaml"),
            ROOT.resolve("data/models/fashion-resnet.onnx").toString());
    return RecipeReader.read(file, new TreeMap<>(overrides));
  }

  public PipelineRequest request(String work, Map<String, String> overrides) {
    return request(work, overrides, Optional.empty());
  }

  public PipelineRequest request(
      String work, Map<String, String> overrides, Optional<Path> measurements) {
    return new PipelineRequest(
        recipe(overrides),
        folder.resolve(work).toUri(),
        Optional.of("run"),
        measurements,
        ProgressListener.silent());
  }

  public Path run(String work) {
    return folder.resolve(work).resolve("runs/run");
  }

  /**
   * The training images over and over, in {@code target}: equal images are samples of their own.
   */
  static Path copies(Path target, int copies) throws IOException {
    Files.createDirectories(target);
    Path source = ROOT.resolve("data/fashion-mnist/train");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(source, "*.parquet")) {
      for (Path file : files) {
        for (int copy = 0; copy < copies; copy++) {
          Files.copy(file, target.resolve(copy + "-" + file.getFileName()));
        }
      }
    }
    return target;
  }

  private void write(String split, int rows) {
    SparkTest.session()
        .read()
        .parquet(ROOT.resolve("data/fashion-mnist/" + split + "/part-00000.parquet").toString())
        .limit(rows)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(data(split).toString());
  }
}
