package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;

/**
 * Folds a multiplication by a constant for each channel into the Conv or ConvTranspose before it.
 *
 * <pre>
 * before:  x -> Conv(W, b) -> y -> Mul(c) -> z        (Mul's inputs in either order)
 * after:   x -> Conv(W', b') -> z
 *
 * W'[o,:] = c[o] * W[o,:]
 * b'[o]   = c[o] * b[o]
 * </pre>
 *
 * <p>{@code c} has one element, or {@code M} of them along the channel axis: {@code [M, 1, 1]} or
 * {@code [1, M, 1, 1]} for images. The folding is computed in double and rounded once; {@code z}
 * differs by at most {@code 2 * gamma(K + 6) * |c| * (sum |W| |x| + |b|)}; see {@link LinearLayer}.
 *
 * <p>Refuses when weight or bias are not constant FLOAT32 tensors, the weight is shared with
 * another node, {@code y} is also read by another node or returned by the model, {@code c} varies
 * along another axis or has more axes than {@code y}, or a folded constant is not finite.
 */
public final class FuseMulIntoConv implements Rule {
  @Override
  public Outcome apply(Node mul, RewriteContext context) {
    return mul.is("Mul")
        ? ChannelConstantFolding.fold(mul, context, ChannelAffine::ofFactor)
        : Outcome.notHere();
  }
}
