package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import java.util.Optional;

/** What the three BatchNorm rules share: the checks in their order, then the folding. */
final class BatchNormFolding {
  private BatchNormFolding() {}

  static Outcome fold(Node layerNode, Node norm, RewriteContext context) {
    Optional<String> objection =
        LinearLayer.objection(layerNode, context)
            .or(() -> context.otherUse(layerNode.output(0), norm));
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    LinearLayer layer = LinearLayer.of(layerNode, context);
    Optional<String> normObjection =
        ChannelAffine.batchNormObjection(norm, layer.channels(), context);
    return normObjection.isPresent()
        ? Outcome.refused(normObjection.get())
        : layer.absorb(ChannelAffine.ofBatchNorm(norm, context), norm, context);
  }
}
