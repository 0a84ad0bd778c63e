package dev.retort.jobs.mllib;

import dev.retort.error.InfrastructureError;
import dev.retort.error.ModelMessages;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.jobs.spark.ShippedFiles;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A user's model on the driver that has passed every check without native code.
 *
 * @param name the path or URI that the user gave
 * @param file one file with all weights
 * @param sha256 of the file's bytes
 * @param inputs those that a caller must give, in the model's order
 * @param outputs in the model's order, with their inferred types
 */
record LocalModel(
    String name, Path file, Sha256 sha256, List<ValueInfo> inputs, List<ValueInfo> outputs) {
  LocalModel {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads and checks the model that {@code named} names on the driver.
   *
   * @throws UserError (exit 3) if it is no sound model
   * @throws UnsupportedModelError (exit 3) if Retort cannot read or check it
   */
  static LocalModel read(String named) {
    Path given = ShippedFiles.local(named);
    return ModelMessages.naming(named, () -> read(named, given));
  }

  private static LocalModel read(String named, Path given) {
    Model model = OnnxReader.read(given);
    ModelCheck.check(model);
    Path file = hasExternalData(model) ? inOneFile(given) : given;
    TensorTypes types = ShapeInference.infer(model);
    List<ValueInfo> outputs =
        model.graph().outputs().stream()
            .map(output -> output.withType(type(types, output)))
            .toList();
    try {
      return new LocalModel(
          named, file, Sha256.ofFile(file), model.graph().requiredInputs(), outputs);
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot read model %s: %s; check the file".formatted(named, e.getMessage()), e);
    }
  }

  /**
   * Makes sure that the file has the SHA-256 that the user, or who saved the transformer, stated.
   *
   * @throws UserError (exit 3) if it has another
   */
  void checkHash(String expected) {
    if (!sha256.hex().equals(expected)) {
      throw UserError.input(
          "Cannot use model %s: its SHA-256 is %s, must be %s; the file was changed: save or copy it again"
              .formatted(name, sha256, expected));
    }
  }

  List<String> inputNames() {
    return inputs.stream().map(ValueInfo::name).toList();
  }

  List<String> outputNames() {
    return outputs.stream().map(ValueInfo::name).toList();
  }

  /**
   * One of {@link #inputNames}.
   *
   * @throws UserError (exit 3) as {@link ModelPort#input}
   */
  ModelPort input(String input) {
    return ModelMessages.naming(name, () -> ModelPort.input(input, type(inputs, input)));
  }

  /**
   * One of {@link #outputNames}.
   *
   * @throws UserError (exit 3) as {@link ModelPort#output}
   */
  ModelPort output(String output) {
    return ModelMessages.naming(name, () -> ModelPort.output(output, type(outputs, output)));
  }

  private static ValueType type(List<ValueInfo> values, String name) {
    return values.stream()
        .filter(value -> value.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no value " + name))
        .type();
  }

  private static ValueType type(TensorTypes types, ValueInfo output) {
    return types
        .of(output.name())
        .filter(type -> type.shape().isPresent())
        .map(ValueType.class::cast)
        .orElse(output.type());
  }

  private static boolean hasExternalData(Model model) {
    return model.graph().initializers().values().stream()
        .map(Tensor::data)
        .anyMatch(TensorData.FileSlice.class::isInstance);
  }

  /** A copy with the weights inside, which goes with this process. */
  private static Path inOneFile(Path given) {
    Path copy = newFile("model.onnx");
    try {
      Files.write(copy, OnnxWriter.toBytes(OnnxReader.readAsIs(given)));
    } catch (IOException e) {
      throw noRoom(e);
    }
    return copy;
  }

  /** A new path in a temporary folder that goes with this process. */
  static Path newFile(String name) {
    try {
      Path folder = Files.createTempDirectory("retort-model-");
      Path file = folder.resolve(name);
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw noRoom(e);
    }
  }

  static InfrastructureError noRoom(IOException cause) {
    return new InfrastructureError(
        "Cannot copy a model to the temporary folder %s: %s; free space or set java.io.tmpdir"
            .formatted(System.getProperty("java.io.tmpdir"), cause.getMessage()),
        cause);
  }
}
