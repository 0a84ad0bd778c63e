package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import java.util.Optional;

/**
 * Folds a BatchNormalization in inference mode into the Gemm before it.
 *
 * <pre>
 * before:  A -> Gemm(B, C; alpha, beta) -> Y -> BatchNormalization(gamma, b, mean, variance) -> Z
 * after:   A -> Gemm(B', C'; alpha, 1) -> Z
 *
 * s[n]    = gamma[n] / sqrt(variance[n] + epsilon)
 * B'[:,n] = s[n] * B[:,n]                            (B'[n,:] with transB)
 * C'[n]   = s[n] * (beta * C[n] - mean[n]) + b[n]    (C = 0 where the Gemm has none)
 * </pre>
 *
 * <p>Error bound as in {@link FuseBatchNormIntoConv} with {@code K} the length of the inner axis
 * and one rounding more for {@code alpha} and {@code beta} each. Refuses as that rule does, and
 * when {@code C} is no scalar and no vector over the columns (a different bias for each row).
 */
public final class FuseBatchNormIntoGemm implements Rule {
  @Override
  public Outcome apply(Node norm, RewriteContext context) {
    Optional<Node> gemm = context.producer(norm.input(0), "Gemm");
    return norm.is("BatchNormalization") && gemm.isPresent()
        ? BatchNormFolding.fold(gemm.get(), norm, context)
        : Outcome.notHere();
  }
}
