package dev.retort.jobs.cli;

import dev.retort.cost.ModelCost;
import dev.retort.cost.ModelSummary;
import dev.retort.cost.NodeCost;
import dev.retort.cost.OperatorCost;
import dev.retort.error.ModelMessages;
import dev.retort.error.UserError;
import dev.retort.fusion.Fusion;
import dev.retort.fusion.FusionResult;
import dev.retort.graph.Model;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.plan.Decision;
import dev.retort.provenance.Sha256;
import dev.retort.quantization.Int8Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model is, and what Retort can do with each of its nodes.
 *
 * @param file the model's path as given
 * @param sha256 the digest of the file
 * @param sizeBytes its length
 * @param opsets the operator sets that the file names
 * @param notes what a reader should know first, such as an opset that could not be lifted
 * @param inputs names and types
 * @param outputs names and types
 * @param parameters trainable numbers
 * @param macs multiply-accumulates a sample
 * @param weightBytes bytes of all constants
 * @param activationBytes peak of live activations a sample
 * @param operators totals by operator
 * @param nodes the nodes in order
 */
record Inspection(
    String file,
    Sha256 sha256,
    long sizeBytes,
    List<OperatorSet> opsets,
    List<String> notes,
    List<ModelSummary.Value> inputs,
    List<ModelSummary.Value> outputs,
    long parameters,
    long macs,
    long weightBytes,
    long activationBytes,
    List<OperatorCost> operators,
    List<NodeReport> nodes) {

  /**
   * One node.
   *
   * @param macs empty text where they are not known
   * @param fusion what each rule that knows the node says, {@code fuse} or {@code keep} first
   * @param quantization what the preset int8 does with it once the model is fused; empty text for a
   *     node that fusing removes
   */
  record NodeReport(
      String name,
      String opType,
      long parameters,
      String macs,
      List<String> fusion,
      String quantization) {}

  /**
   * Inspects the model in {@code file} without native code.
   *
   * @throws UserError if it is no sound model
   */
  static Inspection of(Path file) {
    return ModelMessages.naming(file.toString(), () -> inspected(file));
  }

  private static Inspection inspected(Path file) {
    Model original = OnnxReader.readAsIs(file);
    Model model = OnnxReader.read(file);
    ModelCheck.check(model);
    ModelSummary summary = ModelSummary.of(model);
    ModelCost cost = summary.cost();
    return new Inspection(
        file.toString(),
        digest(file),
        file.toFile().length(),
        original.operatorSets(),
        notes(original, model, cost),
        summary.inputs(),
        summary.outputs(),
        cost.parameters(),
        cost.macs(),
        cost.weightBytes(),
        cost.activationBytes(),
        summary.operators(),
        nodes(model, cost));
  }

  private static List<String> notes(Model original, Model model, ModelCost cost) {
    List<String> notes = new ArrayList<>();
    long opset = original.opset("");
    if (model.opset("") != Model.OPSET) {
      notes.add(
          "opset %d is kept: an operator is unknown at %d, so that rules for %d do not apply"
              .formatted(opset, Model.OPSET, Model.OPSET));
    } else if (opset != Model.OPSET) {
      notes.add("opset %d is lifted to %d".formatted(opset, Model.OPSET));
    }
    int subGraphs = model.graph().nodes().stream().mapToInt(n -> n.subGraphs().size()).sum();
    if (subGraphs > 0) {
      notes.add("%d sub-graphs are kept as they are".formatted(subGraphs));
    }
    if (cost.unknownNodes() > 0) {
      notes.add(
          "%d nodes have no known shape; MACs and memory leave them out"
              .formatted(cost.unknownNodes()));
    }
    return notes;
  }

  private static List<NodeReport> nodes(Model model, ModelCost cost) {
    Map<String, List<String>> fusion = new LinkedHashMap<>();
    FusionResult fused = Fusion.apply(model);
    for (Decision decision : fused.plan().decisions()) {
      fusion
          .computeIfAbsent(decision.target(), name -> new ArrayList<>())
          .add(decision.action() + ": " + decision.reason());
    }
    Map<String, String> quantization = Int8Preset.byNode(fused.model());
    return cost.nodes().stream().map(node -> report(node, fusion, quantization)).toList();
  }

  private static NodeReport report(
      NodeCost node, Map<String, List<String>> fusion, Map<String, String> quantization) {
    String macs = node.macs().isPresent() ? Long.toString(node.macs().getAsLong()) : "";
    return new NodeReport(
        node.name(),
        node.opType(),
        node.parameters(),
        macs,
        fusion.getOrDefault(node.name(), List.of()),
        quantization.getOrDefault(node.name(), ""));
  }

  private static Sha256 digest(Path file) {
    try {
      return Sha256.ofFile(file);
    } catch (IOException e) {
      throw UserError.input(
          "Cannot read the model %s: %s, must be a readable file; check its permissions"
              .formatted(file, Files.exists(file) ? e.getMessage() : "there is no such file"),
          e);
    }
  }
}
