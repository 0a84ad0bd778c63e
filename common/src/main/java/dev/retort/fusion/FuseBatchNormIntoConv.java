package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import java.util.Optional;

/**
 * Folds a BatchNormalization in inference mode into the Conv before it.
 *
 * <pre>
 * before:  x -> Conv(W, b) -> y -> BatchNormalization(gamma, beta, mean, variance) -> z
 * after:   x -> Conv(W', b') -> z
 *
 * s[o]    = gamma[o] / sqrt(variance[o] + epsilon)
 * W'[o,:] = s[o] * W[o,:]
 * b'[o]   = s[o] * (b[o] - mean[o]) + beta[o]        (b = 0 where the Conv has none)
 * </pre>
 *
 * <p>{@code W} is {@code [M, C / group, k...]}. The folding is computed in double and rounded once;
 * with {@code K = C / group * k...}, {@code z} differs by at most {@code 2 * gamma(K + 6) * (|s| *
 * (sum |W| |x| + |b| + |mean|) + |beta|)}; see {@link LinearLayer}.
 *
 * <p>Refuses when weight, bias or statistics are not constant FLOAT32 tensors of fitting shape, the
 * weight is shared with another node, {@code y} is also read by another node or returned by the
 * model, the BatchNormalization is in training mode, returns its statistics or has {@code spatial =
 * 0}, or a folded constant is not finite.
 */
public final class FuseBatchNormIntoConv implements Rule {
  @Override
  public Outcome apply(Node norm, RewriteContext context) {
    Optional<Node> conv = context.producer(norm.input(0), "Conv");
    return norm.is("BatchNormalization") && conv.isPresent()
        ? BatchNormFolding.fold(conv.get(), norm, context)
        : Outcome.notHere();
  }
}
