package dev.retort.fusion;

import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** What the Mul and Add rules share: a convolution, then a constant with one value a channel. */
final class ChannelConstantFolding {
  /** The axis of the channels in {@code [N, M, spatial...]}. */
  private static final int CHANNEL_AXIS = 1;

  private ChannelConstantFolding() {}

  /**
   * Folds {@code node}, whose inputs are a convolution's result and a constant, in either order.
   */
  static Outcome fold(Node node, RewriteContext context, Function<double[], ChannelAffine> map) {
    for (int i = 0; i < 2; i++) {
      Optional<Node> layer =
          context.editor().producer(node.input(i)).filter(ChannelConstantFolding::isConvolution);
      Optional<Tensor> constant = context.constant(node.input(1 - i));
      if (layer.isPresent() && constant.isPresent()) {
        return fold(layer.get(), node, constant.get(), context, map);
      }
    }
    return Outcome.notHere();
  }

  private static boolean isConvolution(Node node) {
    return node.is("Conv") || node.is("ConvTranspose");
  }

  private static Outcome fold(
      Node layerNode,
      Node node,
      Tensor constant,
      RewriteContext context,
      Function<double[], ChannelAffine> map) {
    Optional<String> objection =
        LinearLayer.objection(layerNode, context)
            .or(() -> context.otherUse(layerNode.output(0), node));
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    LinearLayer layer = LinearLayer.of(layerNode, context);
    return perChannel(constant, layer)
        ? layer.absorb(map.apply(values(constant, layer.channels())), node, context)
        : Outcome.refused(
            "the constant is %s, must be FLOAT32 with one value or one for each of %d channels"
                .formatted(constant, layer.channels()));
  }

  /** Whether {@code constant} broadcasts over {@code [N, M, spatial...]} along M alone. */
  private static boolean perChannel(Tensor constant, LinearLayer layer) {
    Dims dims = constant.dims();
    int firstAxis = layer.rank() - dims.rank();
    if (constant.type() != ElementType.FLOAT32 || firstAxis < 0) {
      return false;
    }
    for (int axis = 0; axis < dims.rank(); axis++) {
      boolean channel = axis + firstAxis == CHANNEL_AXIS && dims.size(axis) == layer.channels();
      if (dims.size(axis) != 1 && !channel) {
        return false;
      }
    }
    return true;
  }

  private static double[] values(Tensor constant, int channels) {
    float[] values = constant.toFloats();
    double[] widened = new double[channels];
    Arrays.setAll(widened, c -> values[values.length == 1 ? 0 : c]);
    return widened;
  }
}
