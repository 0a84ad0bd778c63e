package dev.retort.jobs.stage;

import dev.retort.data.Preprocessing;
import dev.retort.error.InfrastructureError;
import dev.retort.error.ModelMessages;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.jobs.spark.ShippedFiles;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeModel;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A user's model that is sound and fits the data, found without native code: the one way in, for
 * the teacher and for a model that is brought to be compared with it.
 *
 * @param name what messages call it
 * @param file the user's file; empty where the model is joined from an encoder and a head
 * @param original the graph as it was read or joined
 * @param model the graph with the data's preprocessing as a prefix: what steps start from
 * @param fused {@code model} with what can be folded folded: what is run
 * @param classes logits a sample
 */
public record CheckedModel(
    String name, Optional<Path> file, Model original, Model model, Model fused, int classes) {

  /** As {@link #of(Path, DataSettings)}, for the teacher of {@code recipe}. */
  public static CheckedModel of(Recipe recipe) {
    List<Path> files = ShippedFiles.local(recipe.model());
    return of(
        String.join(" + ", recipe.model()),
        files.size() == 1 ? Optional.of(files.get(0)) : Optional.empty(),
        RecipeModel.read(recipe, files),
        recipe.data());
  }

  /**
   * Reads the model in {@code file} and checks it against {@code data}.
   *
   * @throws UserError (exit 3) if it is no sound model, takes other inputs than the data has, takes
   *     batches of one size only, or has other classes than the labels
   * @throws UnsupportedModelError (exit 3) if it is no classifier, or larger than a job can write
   * @throws InfrastructureError if the driver's heap is too small for it
   */
  public static CheckedModel of(Path file, DataSettings data) {
    return of(file.toString(), Optional.of(file), OnnxReader.read(file), data);
  }

  private static CheckedModel of(
      String name, Optional<Path> file, Model original, DataSettings data) {
    return ModelMessages.naming(name, () -> checked(name, file, original, data));
  }

  private static CheckedModel checked(
      String name, Optional<Path> file, Model original, DataSettings data) {
    DriverHeap.checkLimit(original);
    DataInputs inputs = DataInputs.of(data);
    TextCheck.check(name, original, inputs);
    Model model = Preprocessing.prepend(original, inputs.stored());
    model.graph().requiredInputs().forEach(input -> checkBatchIsFree(name, input));
    Model fused = Fusion.apply(model).model();
    DriverHeap.check(name, fused, Runtime.getRuntime().maxMemory());
    int classes = classes(name, fused);
    data.label().ifPresent(label -> checkLabels(name, classes, label));
    return new CheckedModel(name, file, original, model, fused, classes);
  }

  /** Whether the user's file can be run on the data as it is. */
  boolean takesDataAsStored() {
    return model.equals(original);
  }

  /** Whether the user's file holds all of the model. */
  boolean isOneFile() {
    return file.isPresent()
        && original.graph().initializers().values().stream()
            .noneMatch(tensor -> tensor.data() instanceof TensorData.FileSlice);
  }

  /** What the model is as one file in the store; its place stays open. */
  StoredModel unstored() {
    if (!isOneFile()) {
      return ModelStore.unstored(original);
    }
    try {
      Path whole = file.orElseThrow();
      return new StoredModel("", Sha256.ofFile(whole), Files.size(whole));
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot read model %s: %s; check the file".formatted(name, e.getMessage()), e);
    }
  }

  /**
   * Makes sure that this model and {@code teacher} can be compared sample by sample.
   *
   * @throws UserError unless their first outputs have the same classes
   */
  void checkSameClasses(CheckedModel teacher) {
    if (classes != teacher.classes) {
      throw UserError.input(
          "Cannot evaluate model %s: it has %d classes, must have the teacher's %d; bring a model of the same task"
              .formatted(name, classes, teacher.classes));
    }
  }

  private static void checkBatchIsFree(String name, ValueInfo input) {
    if (input.type() instanceof ValueType.OfTensor type
        && type.shape().filter(CheckedModel::hasFixedBatch).isPresent()) {
      throw UserError.input(
          "Cannot run model %s in batches: input %s is %s, must have a first dimension without fixed size; export it with a dynamic batch axis"
              .formatted(name, input.name(), type));
    }
  }

  private static boolean hasFixedBatch(List<Dim> shape) {
    return shape.isEmpty() || shape.get(0) instanceof Dim.Fixed;
  }

  private static int classes(String name, Model fused) {
    String output = fused.graph().outputs().get(0).name();
    ValueType.OfTensor type =
        ShapeInference.infer(fused).of(output).orElseThrow(() -> noClassifier(name, output, "no"));
    List<Dim> shape = type.shape().orElse(List.of());
    if (type.elementType() == ElementType.FLOAT32
        && shape.size() == 2
        && !hasFixedBatch(shape)
        && shape.get(1) instanceof Dim.Fixed logits) {
      return Math.toIntExact(logits.size());
    }
    throw noClassifier(name, output, type.toString());
  }

  private static UnsupportedModelError noClassifier(String name, String output, String type) {
    return new UnsupportedModelError(
        "Cannot use model %s as a classifier: its first output %s has type %s, must be FLOAT32[N, classes]; export it with its logits first"
            .formatted(name, output, type));
  }

  private static void checkLabels(String name, int classes, DataSettings.Label label) {
    if (label.classes() != classes) {
      throw UserError.input(
          "Cannot use model %s on this data: data.label.classes is %d, must be the %d of the model's first output; correct the recipe or bring another model"
              .formatted(name, label.classes(), classes));
    }
  }
}
