package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.Tensor;
import java.util.Optional;

/**
 * Removes a Dropout in inference mode, which returns its input.
 *
 * <pre>
 * before:  x -> Dropout -> y -> readers
 * after:   x -> readers
 * </pre>
 *
 * <p>Exact. Refuses when the Dropout is, or may be, in training mode, its mask is used, or {@code
 * y} cannot be replaced by {@code x} for a reason of {@link RemoveIdentity}.
 */
public final class RemoveDropout implements Rule {
  /** Before this opset Dropout had an attribute for its mode. */
  private static final long FIRST_OPSET = 7;

  private static final int TRAINING_MODE = 2;

  @Override
  public Outcome apply(Node node, RewriteContext context) {
    if (!node.is("Dropout")) {
      return Outcome.notHere();
    }
    Optional<String> objection =
        objection(node, context).or(() -> context.bypassObjection(node, node.input(0)));
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    context.bypass(node, node.input(0));
    return Outcome.fired("it returns its input in inference");
  }

  private static Optional<String> objection(Node node, RewriteContext context) {
    String mode = node.input(TRAINING_MODE);
    Optional<Tensor> training = context.constant(mode);
    if (context.opset() < FIRST_OPSET) {
      return Optional.of("opset %d may train".formatted(context.opset()));
    }
    if (!mode.isEmpty() && training.isEmpty()) {
      return Optional.of("its training mode %s is not constant".formatted(mode));
    }
    if (training.isPresent() && training.get().toLongs()[0] != 0) {
      return Optional.of("it is in training mode");
    }
    String mask = node.output(1);
    boolean masked = context.editor().isOutput(mask) || !context.editor().consumers(mask).isEmpty();
    return masked ? Optional.of("its mask %s is used".formatted(mask)) : Optional.empty();
  }
}
