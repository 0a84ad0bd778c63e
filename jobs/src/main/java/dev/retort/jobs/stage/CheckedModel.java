package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.data.Preprocessing;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.recipe.DataSettings;
import dev.retort.tensor.ElementType;
import java.nio.file.Path;
import java.util.List;

/**
 * A user's model that is sound and fits the data, found without native code: the one way in, for
 * the teacher and for a model that is brought to be compared with it.
 *
 * @param file where the user has it
 * @param original the graph as it was read
 * @param model the graph with the data's preprocessing as a prefix: what steps start from
 * @param fused {@code model} with what can be folded folded: what is run
 * @param classes logits a sample
 */
public record CheckedModel(Path file, Model original, Model model, Model fused, int classes) {

  /**
   * Reads the model in {@code file} and checks it against {@code data}.
   *
   * @throws UserError (exit 3) if it is no sound model, takes other inputs than the data has, takes
   *     batches of one size only, or has other classes than the labels
   * @throws UnsupportedModelError (exit 3) if it is no classifier
   */
  public static CheckedModel of(Path file, DataSettings data) {
    List<InputSpec> inputs = InputSpecs.of(data);
    Model original = OnnxReader.read(file);
    ModelCheck.check(original, SampleSizes.of(original, inputs));
    Model model = Preprocessing.prepend(original, inputs);
    model.graph().requiredInputs().forEach(input -> checkBatchIsFree(file, input));
    Model fused = Fusion.apply(model).model();
    int classes = classes(file, fused);
    data.label().ifPresent(label -> checkLabels(file, classes, label));
    return new CheckedModel(file, original, model, fused, classes);
  }

  /** Whether the user's file can be run on the data as it is. */
  boolean takesDataAsStored() {
    return model.equals(original);
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
              .formatted(file, classes, teacher.classes));
    }
  }

  private static void checkBatchIsFree(Path file, ValueInfo input) {
    if (input.type() instanceof ValueType.OfTensor type
        && type.shape().filter(CheckedModel::hasFixedBatch).isPresent()) {
      throw UserError.input(
          "Cannot run model %s in batches: input %s is %s, must have a first dimension without fixed size; export it with a dynamic batch axis"
              .formatted(file, input.name(), type));
    }
  }

  private static boolean hasFixedBatch(List<Dim> shape) {
    return shape.isEmpty() || shape.get(0) instanceof Dim.Fixed;
  }

  private static int classes(Path file, Model fused) {
    String output = fused.graph().outputs().get(0).name();
    ValueType.OfTensor type =
        ShapeInference.infer(fused).of(output).orElseThrow(() -> noClassifier(file, output, "no"));
    List<Dim> shape = type.shape().orElse(List.of());
    if (type.elementType() == ElementType.FLOAT32
        && shape.size() == 2
        && !hasFixedBatch(shape)
        && shape.get(1) instanceof Dim.Fixed logits) {
      return Math.toIntExact(logits.size());
    }
    throw noClassifier(file, output, type.toString());
  }

  private static UnsupportedModelError noClassifier(Path file, String output, String type) {
    return new UnsupportedModelError(
        "Cannot use model %s as a classifier: its first output %s has type %s, must be FLOAT32[N, classes]; export it with its logits first"
            .formatted(file, output, type));
  }

  private static void checkLabels(Path file, int classes, DataSettings.Label label) {
    if (label.classes() != classes) {
      throw UserError.input(
          "Cannot use model %s on this data: data.label.classes is %d, must be the %d of the model's first output; correct the recipe or bring another model"
              .formatted(file, label.classes(), classes));
    }
  }
}
