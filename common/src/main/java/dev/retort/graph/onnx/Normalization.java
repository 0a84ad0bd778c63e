package dev.retort.graph.onnx;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What reading does to a model, so that later stages see one form: tensors and nodes have unique
 * names, nodes are sorted, Constant nodes are initializers, an Identity of a constant is the
 * constant, and the opset is {@value Model#OPSET} where {@link OpsetLift} can reach it.
 */
final class Normalization {
  /** From this IR version on an initializer that is no input is a constant. */
  private static final long CONSTANTS_IR_VERSION = 4;

  private Normalization() {}

  /**
   * The model in that form.
   *
   * @throws dev.retort.error.UserError if a tensor is defined twice or the graph has a cycle
   */
  static Model normalize(Source source, Model model) {
    Model unique = UniqueNames.apply(source, SparseConstants.apply(withConstants(model)));
    Model sorted = NodeOrder.apply(source, UniqueNodeNames.apply(unique));
    Model constant = ConstantAliases.apply(ConstantNodes.apply(sorted));
    return OpsetLift.lift(withoutStaleTypes(constant)).model();
  }

  /** Before IR version 4 every initializer was an input too, though no caller could change it. */
  private static Model withConstants(Model model) {
    if (model.irVersion() >= CONSTANTS_IR_VERSION) {
      return model;
    }
    Graph graph = model.graph();
    return model
        .withGraph(graph.withInputs(graph.requiredInputs()))
        .withIrVersion(CONSTANTS_IR_VERSION);
  }

  /** Drops the stated types of tensors that are no more. */
  private static Model withoutStaleTypes(Model model) {
    Graph graph = model.graph();
    Set<String> computed =
        graph.nodes().stream().flatMap(node -> node.outputs().stream()).collect(Collectors.toSet());
    return model.withGraph(
        graph.withValueInfos(
            graph.valueInfos().stream().filter(info -> computed.contains(info.name())).toList()));
  }
}
