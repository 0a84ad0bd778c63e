package dev.retort.fusion;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Computes once what two nodes compute alike: the same operator, attributes and inputs, where
 * constants of equal value are the same input.
 *
 * <pre>
 * before:  x -> Relu -> y -> readers of y        x -> Relu -> z -> readers of z
 * after:   x -> Relu -> y -> readers of both
 * </pre>
 *
 * <p>Exact. Random operators, operators with sub-graphs and operators without an input that is
 * computed are not looked at, nor are values of constants over 256 MB compared. Refuses where the
 * model returns both results, or a sub-graph reads one of them by name.
 */
public final class EliminateCommonSubexpressions implements Rule {
  /** Two larger constants count as different: comparing them would read both from their files. */
  private static final long LARGEST_COMPARED_BYTES = 1 << 28;

  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Dropout",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  @Override
  public Outcome apply(Node node, RewriteContext context) {
    Optional<Node> twin =
        RANDOM.contains(node.opType()) || !node.subGraphs().isEmpty()
            ? Optional.empty()
            : earlierTwin(node, context);
    if (twin.isEmpty()) {
      return Outcome.notHere();
    }
    Optional<String> objection = objection(node, twin.get(), context);
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    merge(node, twin.get(), context.editor());
    return Outcome.fired("%s computes the same".formatted(RewriteContext.label(twin.get())));
  }

  /** The first node in the order of readers that computes the same; empty if that is the node. */
  private static Optional<Node> earlierTwin(Node node, RewriteContext context) {
    return node.inputs().stream()
        .filter(tensor -> !tensor.isEmpty() && context.constant(tensor).isEmpty())
        .findFirst()
        .flatMap(
            tensor ->
                context.editor().consumers(tensor).stream()
                    .filter(other -> other.equals(node) || alike(node, other, context))
                    .findFirst())
        .filter(other -> !other.equals(node));
  }

  private static boolean alike(Node node, Node other, RewriteContext context) {
    return node.opType().equals(other.opType())
        && node.domain().equals(other.domain())
        && node.attributes().equals(other.attributes())
        && sameInputs(node.inputs(), other.inputs(), context)
        && sameOutputsPresent(node.outputs(), other.outputs());
  }

  private static boolean sameInputs(List<String> left, List<String> right, RewriteContext context) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!left.get(i).equals(right.get(i)) && !sameValue(left.get(i), right.get(i), context)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameValue(String left, String right, RewriteContext context) {
    Optional<Tensor> value = context.constant(left);
    Optional<Tensor> other = context.constant(right);
    return value.isPresent()
        && other.isPresent()
        && value.get().byteLength() <= LARGEST_COMPARED_BYTES
        && value.equals(other);
  }

  private static boolean sameOutputsPresent(List<String> left, List<String> right) {
    return left.stream()
        .map(String::isEmpty)
        .toList()
        .equals(right.stream().map(String::isEmpty).toList());
  }

  private static Optional<String> objection(Node node, Node twin, RewriteContext context) {
    GraphEditor editor = context.editor();
    for (int i = 0; i < node.outputs().size(); i++) {
      String own = node.output(i);
      String other = twin.output(i);
      if (!own.isEmpty() && !editor.canRedirect(own, other)) {
        return Optional.of(
            editor.isOutput(own) && editor.isOutput(other)
                ? "the model returns both %s and %s".formatted(own, other)
                : "a sub-graph reads %s or %s by name".formatted(own, other));
      }
    }
    return Optional.empty();
  }

  /** Lets the twin's results stand for the node's; where the model returns one, it is renamed. */
  private static void merge(Node node, Node twin, GraphEditor editor) {
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        editor.redirect(node.output(i), twin.output(i));
      }
    }
    for (String output : node.outputs()) {
      if (!editor.isOutput(output)) {
        editor.producer(output).ifPresent(editor::remove);
      }
    }
  }
}
