package dev.retort.jobs.cli;

import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with data, a model and a recipe for one test. */
record WorkFolder(Path folder) {

  /** The path of a recipe whose model is {@code bytes} and takes {@code x}, four floats. */
  String recipeFor(byte[] bytes) {
    try {
      Path model = Files.write(folder.resolve("model.onnx"), bytes);
      Path data = Files.createDirectories(folder.resolve("data"));
      Files.writeString(data.resolve("rows.csv"), "1;2;3;4,0\n");
      return write(
          """
          name: test
          model: %s
          data:
            train: {format: csv, path: %s}
            test: {format: csv, path: %s}
            inputs:
              x: {type: float32, shape: [4]}
          steps: [fuse]
          """
              .formatted(model, data, data));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String recipeFor(Model model) {
    return recipeFor(OnnxWriter.toBytes(model));
  }

  /** The path of a new recipe file. */
  String write(String text) {
    try {
      return Files.writeString(folder.resolve("recipe.yaml"), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
