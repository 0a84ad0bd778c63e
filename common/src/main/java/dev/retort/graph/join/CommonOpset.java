package dev.retort.graph.join;

import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.OpsetLift;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Brings two models to one opset: the newer of the two. {@link OpsetLift} has lifted what it can to
 * {@value Model#OPSET}; from there on operators that kept their form may stand under a newer
 * number.
 */
final class CommonOpset {
  /** Operators whose inputs, attributes and meaning are the same from opset 17 to 25. */
  private static final Set<String> UNCHANGED =
      Set.of(
          ("Abs Add And BatchNormalization Cast Clip Concat Constant Div Dropout Elu Equal Erf Exp"
                  + " Expand Flatten Floor Gather Gemm GlobalAveragePool Greater Identity"
                  + " LayerNormalization LeakyRelu Less Log LogSoftmax LpNormalization MatMul Max Min"
                  + " Mul Neg Not PRelu Pow Reciprocal ReduceSum Relu Reshape Shape Sigmoid Slice"
                  + " Softmax Softplus Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze Where")
              .split(" "));

  private static final long NEWEST = 25;

  private CommonOpset() {}

  /** Both models at one opset. */
  record Pair(Model encoder, Model head) {}

  /**
   * The models at the newer of their opsets.
   *
   * @throws UnsupportedModelError if the older one cannot be raised to it, or the models use
   *     another domain in two versions, or one function name for two functions
   */
  static Pair of(Model encoder, Model head) {
    requireOneMeaning(encoder, head);
    long opset =
        Math.max(OpsetLift.lift(encoder).model().opset(""), OpsetLift.lift(head).model().opset(""));
    return new Pair(raised(encoder, opset, "encoder"), raised(head, opset, "head"));
  }

  /** The operator sets of both, of equal versions where both use one. */
  static List<OperatorSet> union(Model encoder, Model head) {
    Map<String, OperatorSet> sets = new LinkedHashMap<>();
    Stream.concat(encoder.operatorSets().stream(), head.operatorSets().stream())
        .forEach(set -> sets.putIfAbsent(set.domain(), set));
    return List.copyOf(sets.values());
  }

  private static Model raised(Model model, long opset, String role) {
    OpsetLift.LiftResult lifted = OpsetLift.lift(model);
    long own = lifted.model().opset("");
    if (own == opset || own == 0) {
      return lifted.model();
    }
    Optional<String> obstacle =
        own < Model.OPSET
            ? Optional.of(String.join("; ", lifted.reasonsNotLifted()))
            : changed(lifted.model().graph(), opset);
    if (obstacle.isPresent()) {
      throw new UnsupportedModelError(
          "Cannot join the models: the %s has opset %d, must be raised to %d (%s); export both at one opset"
              .formatted(role, own, opset, obstacle.get()));
    }
    return lifted
        .model()
        .withOperatorSets(
            lifted.model().operatorSets().stream()
                .map(set -> set.domain().isEmpty() ? new OperatorSet("", opset) : set)
                .toList());
  }

  /** A node that may have another form at {@code opset}. */
  private static Optional<String> changed(Graph graph, long opset) {
    for (Node node : graph.nodes()) {
      boolean kept = !node.domain().isEmpty() || UNCHANGED.contains(node.opType());
      if (!kept || opset > NEWEST) {
        return Optional.of("node '%s' (%s) may differ there".formatted(node.name(), node.opType()));
      }
      for (Graph inner : node.subGraphs()) {
        Optional<String> found = changed(inner, opset);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static void requireOneMeaning(Model encoder, Model head) {
    for (OperatorSet set : head.operatorSets()) {
      long other = encoder.opset(set.domain());
      if (!set.domain().isEmpty() && other != 0 && other != set.version()) {
        throw new UnsupportedModelError(
            "Cannot join the models: the encoder uses version %d of domain %s, the head %d, must be equal; export both alike"
                .formatted(other, set.domain(), set.version()));
      }
    }
    for (Function function : head.functions()) {
      boolean differs =
          encoder.functions().stream()
              .anyMatch(
                  f ->
                      f.name().equals(function.name())
                          && f.domain().equals(function.domain())
                          && !f.equals(function));
      if (differs) {
        throw new UnsupportedModelError(
            "Cannot join the models: both define function '%s', in two ways, must be one; inline it in one of them"
                .formatted(function.name()));
      }
    }
  }
}
