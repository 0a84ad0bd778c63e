package dev.retort.fusion;

import dev.retort.graph.rewrite.Rule;
import java.util.List;

/**
 * The one ordered list of fusion rules. A rule that only removes comes before those that fold, so
 * that these see fewer readers of a tensor.
 */
public final class FusionRules {
  private static final List<Rule> ALL =
      List.of(
          new RemoveUnused(),
          new FoldConstants(),
          new RemoveIdentity(),
          new RemoveDropout(),
          new RemoveTransposePair(),
          new ReplaceSquareWithMul(),
          new EliminateCommonSubexpressions(),
          new FusePadIntoConv(),
          new FuseBatchNormIntoConv(),
          new FuseBatchNormIntoConvTranspose(),
          new FuseBatchNormIntoGemm(),
          new FuseMulIntoConv(),
          new FuseAddIntoConv());

  private FusionRules() {}

  /** Every rule, in the order in which they run. */
  public static List<Rule> all() {
    return ALL;
  }
}
