package dev.retort.jobs.cli;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.SparkTest;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A task that is done in a second: four numbers, two classes, and a layer that tells them apart.
 */
record SmallTask(Path folder) {
  /** One shard of training, one of validation. */
  static final int ROWS = 200;

  /** A task with sound data, model and recipe in {@code folder}. */
  static SmallTask in(Path folder) {
    SmallTask task = new SmallTask(folder);
    OnnxWriter.write(classifier(), folder.resolve("model.onnx"));
    task.write("rows.jsonl", goodRows().collect(Collectors.joining()));
    task.write(
        "recipe.yaml",
        """
        name: small
        model: %s
        data:
          train: {format: json, path: %s}
          test: {format: json, path: %s}
          inputs:
            x: {type: float32, shape: [4]}
          label: {column: label, classes: 2}
        steps: [fuse]
        runtime: {batch: 32}
        spark: {partitions: 2}
        """
            .formatted(
                folder.resolve("model.onnx"),
                folder.resolve("rows.jsonl"),
                folder.resolve("rows.jsonl")));
    return task;
  }

  /** JSON lines of both classes. */
  static Stream<String> goodRows() {
    return IntStream.range(0, ROWS).mapToObj(i -> row("[%d, 1, 2, 3]".formatted(i), i % 2));
  }

  static String row(String x, Object label) {
    return "{\"x\": %s, \"label\": %s}%n".formatted(x, label);
  }

  /** {@code y = x W}, of two logits. */
  static Model classifier() {
    return Model.of(
        Graph.of(
            "small",
            List.of(Node.of("layer", "Gemm", List.of("x", "w"), List.of("y"))),
            Map.of("w", Tensor.ofFloats(Dims.of(4, 2), 1, -1, 1, -1, 0, 1, 0.5f, -0.5f)),
            List.of(floats("x", 4)),
            List.of(floats("y", 2))));
  }

  private static ValueInfo floats(String name, long width) {
    return ValueInfo.of(
        name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(width)));
  }

  Path recipe() {
    return folder.resolve("recipe.yaml");
  }

  Path work() {
    return folder.resolve("work");
  }

  Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command on the recipe with the pipeline itself. */
  Command run(String command, String... more) {
    SparkTest.session();
    List<String> args = new ArrayList<>(List.of(command, recipe().toString()));
    args.addAll(List.of(more));
    if (!args.contains("--work")) {
      args.addAll(List.of("--work", work().toString()));
    }
    return Command.run(new PipelineEngine(), args.toArray(String[]::new));
  }

  /** The text of {@code result.json} of a run. */
  String result(String runId) {
    try {
      return Files.readString(work().resolve("runs").resolve(runId).resolve("result.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
