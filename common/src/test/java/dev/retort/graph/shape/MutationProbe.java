package dev.retort.graph.shape;

import ai.onnxruntime.OrtException;
import dev.retort.cost.ModelCost;
import dev.retort.error.RetortException;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.provenance.Seed;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The child process: mutates a model, and runs those mutants that {@link ModelCheck} lets pass. For
 * each it prints a line with its number and what happened.
 */
final class MutationProbe {
  /** What a run may need; the pipeline refuses more by its prediction of memory. */
  private static final long MOST_ACTIVATION_BYTES = 1L << 28;

  private MutationProbe() {}

  /** Arguments: the model's file, the seed, how many mutants. */
  public static void main(String[] arguments) {
    Model model = OnnxReader.read(Path.of(arguments[0]));
    Seed seed = new Seed(Long.parseLong(arguments[1]));
    int count = Integer.parseInt(arguments[2]);
    for (int i = 0; i < count; i++) {
      System.out.println(i + " begun");
      Model mutant = new AttributeMutation(seed.derive("mutation", i)).of(model);
      System.out.println(i + " " + outcome(mutant));
    }
  }

  static String outcome(Model mutant) {
    try {
      ModelCheck.check(mutant);
    } catch (RetortException refusal) {
      return "refused";
    }
    ModelCost cost = ModelCost.of(mutant, ShapeInference.infer(mutant));
    if (cost.activationBytes() > MOST_ACTIVATION_BYTES) {
      return "too-large";
    }
    try {
      return ReferenceRuntime.run(OnnxWriter.toBytes(mutant), inputs(mutant.graph())).isEmpty()
          ? "empty"
          : "ran";
    } catch (OrtException e) {
      return "exception";
    }
  }

  /** One sample of zeros for each input. */
  private static Map<String, Tensor> inputs(Graph graph) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : graph.requiredInputs()) {
      Dims dims =
          TensorFact.of(input.type()).shape().flatMap(s -> s.at(symbol -> 1L)).orElseThrow();
      inputs.put(
          input.name(), Tensor.ofFloats(dims, new float[Math.toIntExact(dims.elementCount())]));
    }
    return inputs;
  }
}
