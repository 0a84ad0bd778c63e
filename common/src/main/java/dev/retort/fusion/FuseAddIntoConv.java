package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;

/**
 * Folds the addition of a constant for each channel into the bias of the Conv or ConvTranspose
 * before it.
 *
 * <pre>
 * before:  x -> Conv(W, b) -> y -> Add(c) -> z        (Add's inputs in either order)
 * after:   x -> Conv(W, b') -> z
 *
 * b'[o] = b[o] + c[o]                                (b = 0 where the Conv has none)
 * </pre>
 *
 * <p>{@code c} has one element, or {@code M} of them along the channel axis: {@code [M, 1, 1]} or
 * {@code [1, M, 1, 1]} for images. The sum is computed in double and rounded once; {@code z}
 * differs by at most {@code 2 * gamma(K + 6) * (sum |W| |x| + |b| + |c|)}; see {@link LinearLayer}.
 *
 * <p>Refuses as {@link FuseMulIntoConv} does. The addition of another activation (a residual
 * connection) is not the pattern.
 */
public final class FuseAddIntoConv implements Rule {
  @Override
  public Outcome apply(Node add, RewriteContext context) {
    return add.is("Add")
        ? ChannelConstantFolding.fold(add, context, ChannelAffine::ofSummand)
        : Outcome.notHere();
  }
}
