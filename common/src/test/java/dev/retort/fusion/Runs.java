package dev.retort.fusion;

import ai.onnxruntime.OrtException;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a model in ONNX Runtime as it is: no optimization, one thread. */
final class Runs {
  private Runs() {}

  /** The outputs of a model that returns tensors; fails if ONNX Runtime refuses the model. */
  static Map<String, Tensor> run(Model model, Map<String, Tensor> inputs) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    try {
      ReferenceRuntime.run(OnnxWriter.toBytes(model), inputs)
          .forEach((name, value) -> outputs.put(name, (Tensor) value));
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses the model", e);
    }
    return outputs;
  }
}
