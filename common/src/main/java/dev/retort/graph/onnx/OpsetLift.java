package dev.retort.graph.onnx;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Names;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.Renaming;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lifts models of opset {@value #LOWEST} to 16 to {@value Model#OPSET}: the model computes the
 * same, in the form that the newer operators have. {@link LiftTable} says which operators changed
 * how. A model with one node that cannot be lifted keeps its opset. Newer models stay as they are.
 */
public final class OpsetLift {
  /** The lowest opset that can be lifted; before it, broadcasting had another form. */
  public static final long LOWEST = 7;

  private final Names names;
  private final long opset;
  private final TensorTypes types;
  private final List<String> reasons = new ArrayList<>();

  private OpsetLift(Model model) {
    names = Names.ofTensors(model);
    opset = model.opset("");
    types = ShapeInference.infer(model);
  }

  /**
   * What came of it.
   *
   * @param model the lifted model, or the given one
   * @param reasonsNotLifted why it is the given one, node by node; empty if it is lifted or has no
   *     need to be
   */
  public record LiftResult(Model model, List<String> reasonsNotLifted) {
    public LiftResult {
      reasonsNotLifted = List.copyOf(reasonsNotLifted);
    }
  }

  /** Lifts {@code model}, whose names must be unique, or says why not. */
  public static LiftResult lift(Model model) {
    long opset = model.opset("");
    if (opset >= Model.OPSET || (opset == 0 && !model.operatorSets().isEmpty())) {
      return new LiftResult(model, List.of());
    }
    if (opset < LOWEST) {
      return notLifted(model, "its opset is %d, must be %d or more".formatted(opset, LOWEST));
    }
    if (!model.functions().isEmpty()) {
      return notLifted(model, "its functions state operator sets of their own, must have none");
    }
    OpsetLift lift = new OpsetLift(model);
    Graph graph = lift.lifted(model.graph());
    if (!lift.reasons.isEmpty()) {
      return new LiftResult(model, lift.reasons);
    }
    List<OperatorSet> sets =
        model.operatorSets().stream()
            .map(set -> set.domain().isEmpty() ? new OperatorSet("", Model.OPSET) : set)
            .toList();
    Model lifted =
        model
            .withGraph(graph)
            .withOperatorSets(sets)
            .withIrVersion(Math.max(model.irVersion(), Model.IR_VERSION));
    return new LiftResult(lifted, List.of());
  }

  private static LiftResult notLifted(Model model, String reason) {
    return new LiftResult(model, List.of(reason));
  }

  private Graph lifted(Graph graph) {
    LiftContext context = new LiftContext(graph, opset, names, types);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node inside = Renaming.withSubGraphs(node, this::lifted);
      try {
        nodes.addAll(node.domain().isEmpty() ? LiftTable.lift(inside, context) : List.of(inside));
      } catch (NotLiftable e) {
        reasons.add("node '%s' (%s): %s".formatted(node.name(), node.opType(), e.getMessage()));
      }
    }
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    initializers.putAll(context.added());
    return graph.withNodes(nodes).withInitializers(initializers);
  }
}
