package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.ElementType;
import java.util.Optional;
import java.util.Set;

/**
 * Removes a node that returns its input: Identity, a Cast to the type that its input has, and
 * Concat, Sum, Max, Min or Mean of one tensor.
 *
 * <pre>
 * before:  x -> Identity -> y -> readers
 * after:   x -> readers
 * </pre>
 *
 * <p>Exact. Refuses where the model returns {@code y} and {@code x} is an input, a constant or
 * returned too, or a sub-graph reads one of them by name.
 */
public final class RemoveIdentity implements Rule {
  private static final Set<String> OF_ONE = Set.of("Concat", "Sum", "Max", "Min", "Mean");

  @Override
  public Outcome apply(Node node, RewriteContext context) {
    if (!isIdentity(node, context)) {
      return Outcome.notHere();
    }
    Optional<String> objection = context.bypassObjection(node, node.input(0));
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    context.bypass(node, node.input(0));
    return Outcome.fired("it returns its input");
  }

  private static boolean isIdentity(Node node, RewriteContext context) {
    return node.is("Identity")
        || (node.is("Cast") && castsToOwnType(node, context))
        || (node.domain().isEmpty() && OF_ONE.contains(node.opType()) && node.inputs().size() == 1);
  }

  private static boolean castsToOwnType(Node cast, RewriteContext context) {
    return context
        .type(cast.input(0))
        .map(ValueType.OfTensor::elementType)
        .map(ElementType::number)
        .filter(number -> number == cast.intAttribute("to", 0))
        .isPresent();
  }
}
