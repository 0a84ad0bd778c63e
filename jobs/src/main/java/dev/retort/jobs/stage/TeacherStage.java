package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.data.Preprocessing;
import dev.retort.error.InfrastructureError;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.ModelProbe;
import dev.retort.runtime.ProbeRequest;
import dev.retort.runtime.SessionSettings;
import dev.retort.tensor.Dims;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes in the user's model: reads it, checks it, tries it in a child process once for each file,
 * and puts the data's preprocessing before it.
 */
final class TeacherStage {
  private static final String NAME = "teacher";
  private static final String PROBE = "probe";

  private final Run run;

  TeacherStage(Run run) {
    this.run = run;
  }

  Teacher execute() {
    return run.stage(NAME, () -> take(Path.of(run.recipe().model())));
  }

  /**
   * Takes in the model at {@code path}.
   *
   * @throws dev.retort.error.UserError if it is no sound model, or does not fit the data
   */
  Teacher take(Path path) {
    List<InputSpec> inputs = InputSpecs.of(run.recipe().data());
    Model original = OnnxReader.read(path);
    ModelCheck.check(original, sizes(original, inputs));
    Model model = Preprocessing.prepend(original, inputs);
    ModelStore models = run.models();
    StoredModel file = hasExternalData(original) ? models.put(original) : models.put(bytes(path));
    probeOnce(path, file.sha256(), inputs);
    Model fused = Fusion.apply(model).model();
    return new Teacher(file, original, model, fused, models.put(fused));
  }

  /** The sizes that the data gives to dimensions which the model leaves open. */
  private static Map<String, Long> sizes(Model model, List<InputSpec> inputs) {
    Map<String, Long> sizes = new TreeMap<>();
    for (ValueInfo value : model.graph().requiredInputs()) {
      for (InputSpec input : inputs) {
        if (input.name().equals(value.name()) && value.type() instanceof ValueType.OfTensor type) {
          addSizes(type.shape().orElse(List.of()), input.modelDims(), sizes);
        }
      }
    }
    return sizes;
  }

  private static void addSizes(List<Dim> shape, Dims sample, Map<String, Long> sizes) {
    for (int axis = 1; axis < shape.size() && shape.size() == sample.rank() + 1; axis++) {
      if (shape.get(axis) instanceof Dim.Symbolic symbol) {
        sizes.put(symbol.name(), sample.size(axis - 1));
      }
    }
  }

  private static boolean hasExternalData(Model model) {
    return model.graph().initializers().values().stream()
        .anyMatch(tensor -> tensor.data() instanceof TensorData.FileSlice);
  }

  private void probeOnce(Path path, Sha256 sha256, List<InputSpec> inputs) {
    StageStore store = run.keys().probe(sha256);
    if (store.result().isEmpty()) {
      Map<String, Dims> dims = new TreeMap<>();
      inputs.forEach(input -> dims.put(input.name(), input.modelDims()));
      ProbeRequest.Limits limits =
          new ProbeRequest.Limits(
              run.recipe().runtime().probeTimeout(),
              ProbeRequest.Limits.forModelOf(path.toFile().length()).memoryBytes());
      ModelProbe.Result result =
          ModelProbe.probe(
              new ProbeRequest(
                  path, SessionSettings.standard().withThreads(run.threads()), dims, limits));
      store.putResult(PROBE + ".json", Json.bytes(result));
    }
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot read model %s: %s; check the file".formatted(path, e.getMessage()), e);
    }
  }
}
