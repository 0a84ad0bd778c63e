package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import java.util.Optional;

/**
 * Folds a BatchNormalization in inference mode into the ConvTranspose before it.
 *
 * <pre>
 * before:  x -> ConvTranspose(W, b) -> y -> BatchNormalization(gamma, beta, mean, variance) -> z
 * after:   x -> ConvTranspose(W', b') -> z
 *
 * s[o]      = gamma[o] / sqrt(variance[o] + epsilon)
 * W'[c,j,:] = s[o] * W[c,j,:]    with o = c / (C / group) * (M / group) + j
 * b'[o]     = s[o] * (b[o] - mean[o]) + beta[o]
 * </pre>
 *
 * <p>{@code W} is {@code [C, M / group, k...]}: the output channel is the second axis, counted
 * within its group. Error bound and refusals are those of {@link FuseBatchNormIntoConv}, with at
 * most {@code K = C / group * k...} products a sum.
 */
public final class FuseBatchNormIntoConvTranspose implements Rule {
  @Override
  public Outcome apply(Node norm, RewriteContext context) {
    Optional<Node> conv = context.producer(norm.input(0), "ConvTranspose");
    return norm.is("BatchNormalization") && conv.isPresent()
        ? BatchNormFolding.fold(conv.get(), norm, context)
        : Outcome.notHere();
  }
}
