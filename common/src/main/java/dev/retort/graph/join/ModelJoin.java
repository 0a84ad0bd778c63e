package dev.retort.graph.join;

import dev.retort.error.UserError;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Names;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a head behind an encoder:
 *
 * <pre>
 *   encoder: input_ids, attention_mask, ... -> first output [N, tokens, width]
 *   bridge:    mean: Cast(mask), Unsqueeze, Mul, ReduceSum, Div    cls: Gather    none: nothing
 *              normalize: LpNormalization
 *   head:    one input [N, width] -> outputs
 * </pre>
 *
 * <p>The joined model has the encoder's inputs and the head's outputs, under their names; of the
 * encoder's outputs only the first is used. Other tensors and nodes of the head that have a name of
 * the encoder's get a new one. Weights stay where they are, in mapped or external files. Models of
 * different opsets are joined at the newer one, as {@link CommonOpset} says.
 */
public final class ModelJoin {
  private ModelJoin() {}

  /**
   * The joined model.
   *
   * @throws UserError if the models do not fit together: the head has several inputs, widths, types
   *     or ranks differ, the encoder has no attention mask for {@link Pooling#MEAN}
   * @throws dev.retort.error.UnsupportedModelError if they cannot be brought to one opset
   */
  public static Model join(Model encoder, Model head, Bridge bridge) {
    CommonOpset.Pair pair = CommonOpset.of(encoder, head);
    JoinCheck.Seam seam = JoinCheck.check(pair.encoder(), pair.head(), bridge);
    Model first = HeadNames.reserveOutputs(pair.encoder(), pair.head());
    Names names = Names.ofTensors(first);
    String hidden = first.graph().outputs().get(0).name();
    BridgeNodes between = new BridgeNodes(names, first.opset(""), seam.type());
    String embedding = between.build(hidden, bridge);
    Model second = HeadNames.apply(pair.head(), first, names, embedding);
    return described(withoutDeadNodes(compose(first, between, second)));
  }

  private static Model compose(Model encoder, BridgeNodes bridge, Model head) {
    Graph first = encoder.graph();
    List<Node> nodes = new ArrayList<>(first.nodes());
    nodes.addAll(bridge.nodes());
    nodes.addAll(head.graph().nodes());
    Map<String, Tensor> initializers = new LinkedHashMap<>(first.initializers());
    initializers.putAll(bridge.constants());
    initializers.putAll(head.graph().initializers());
    Graph graph =
        new Graph(
            first.name(),
            nodes,
            initializers,
            first.inputs(),
            head.graph().outputs(),
            first.valueInfos(),
            first.documentation(),
            first.extras());
    Set<Function> functions = new LinkedHashSet<>(encoder.functions());
    functions.addAll(head.functions());
    Map<String, String> metadata = new LinkedHashMap<>(head.metadata());
    metadata.putAll(encoder.metadata());
    return new Model(
        Math.max(encoder.irVersion(), head.irVersion()),
        CommonOpset.union(encoder, head),
        "retort",
        "",
        graph,
        List.copyOf(functions),
        metadata,
        encoder.extras());
  }

  /** Drops what only the encoder's other outputs needed. */
  private static Model withoutDeadNodes(Model joined) {
    GraphEditor editor = GraphEditor.of(joined);
    editor.removeUnused();
    return editor.build();
  }

  /** States the outputs' types anew: the head's symbols, such as its N, mean nothing here. */
  private static Model described(Model joined) {
    TensorTypes types = ShapeInference.infer(joined);
    List<ValueInfo> outputs =
        joined.graph().outputs().stream()
            .map(output -> types.of(output.name()).map(output::withType).orElse(output))
            .toList();
    Graph graph = joined.graph();
    return joined.withGraph(
        new Graph(
            graph.name(),
            graph.nodes(),
            graph.initializers(),
            graph.inputs(),
            outputs,
            graph.valueInfos(),
            graph.documentation(),
            graph.extras()));
  }
}
