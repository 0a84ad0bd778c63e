package dev.retort.fusion;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Lets a Conv pad its input itself.
 *
 * <pre>
 * before:  x -> Pad(p, value 0) -> y -> Conv(W, b; pads q) -> z
 * after:   x -> Conv(W, b; pads p + q) -> z
 * </pre>
 *
 * <p>Both sum the same products; the zeros add nothing. ONNX Runtime may sum them in another order,
 * so {@code z} differs by at most {@code 2 * gamma(K + 1) * (sum |W| |x| + |b|)}, with {@code K}
 * products a sum.
 *
 * <p>Refuses when the Pad is not of mode {@code constant} with the constant 0, its widths are not
 * constant, negative or on the batch or channel axis, it names axes, the Conv pads by {@code
 * auto_pad} {@code SAME_*}, or {@code y} is also read by another node or returned by the model.
 */
public final class FusePadIntoConv implements Rule {
  private static final int FIRST_SPATIAL_AXIS = 2;

  @Override
  public Outcome apply(Node conv, RewriteContext context) {
    Optional<Node> pad = context.producer(conv.input(0), "Pad");
    if (!conv.is("Conv") || pad.isEmpty()) {
      return Outcome.notHere();
    }
    Optional<String> objection =
        padObjection(pad.get(), context)
            .or(() -> convObjection(conv))
            .or(() -> context.otherUse(conv.input(0), conv));
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    List<Long> widths = widths(pad.get(), context).orElseThrow();
    Optional<String> widthObjection = widthObjection(widths, conv);
    if (widthObjection.isPresent()) {
      return Outcome.refused(widthObjection.get());
    }
    fold(pad.get(), conv, widths, context);
    return Outcome.fired(
        "%s pads its input itself instead of %s"
            .formatted(RewriteContext.label(conv), RewriteContext.label(pad.get())));
  }

  private static void fold(Node pad, Node conv, List<Long> widths, RewriteContext context) {
    Node padding =
        conv.withInput(0, pad.input(0))
            .withAttribute("pads", new Attribute.Ints(sum(spatial(widths), ownPads(conv, widths))))
            .withAttribute("auto_pad", Attribute.of("NOTSET"));
    context.editor().remove(pad);
    context.editor().replace(conv, padding);
  }

  private static Optional<String> padObjection(Node pad, RewriteContext context) {
    String mode = pad.textAttribute("mode", "constant");
    if (!mode.equals("constant")) {
      return Optional.of("the Pad is of mode %s, must be constant".formatted(mode));
    }
    if (pad.hasInput(3)) {
      return Optional.of("the Pad names its axes");
    }
    if (pad.floatAttribute("value", 0) != 0 || !zeroOrAbsent(pad.input(2), context)) {
      return Optional.of("the Pad's value is not the constant 0");
    }
    return widths(pad, context).isEmpty()
        ? Optional.of("the widths %s of the Pad are not constant".formatted(pad.input(1)))
        : Optional.empty();
  }

  private static Optional<String> convObjection(Node conv) {
    String autoPad = conv.textAttribute("auto_pad", "NOTSET");
    return autoPad.startsWith("SAME")
        ? Optional.of("the Conv pads by auto_pad = " + autoPad)
        : Optional.empty();
  }

  private static Optional<String> widthObjection(List<Long> widths, Node conv) {
    int rank = widths.size() / 2;
    if (rank <= FIRST_SPATIAL_AXIS || ownPads(conv, widths).size() != 2 * rank - 4) {
      return Optional.of("the Pad has %d axes, which the Conv has not".formatted(rank));
    }
    for (int i = 0; i < widths.size(); i++) {
      if (widths.get(i) < 0) {
        return Optional.of("the Pad crops axis %d by %d".formatted(i % rank, -widths.get(i)));
      }
      if (i % rank < FIRST_SPATIAL_AXIS && widths.get(i) != 0) {
        return Optional.of("the Pad widens axis %d, which is not spatial".formatted(i % rank));
      }
    }
    return Optional.empty();
  }

  /** Widths at the beginning of each axis, then at the end of each; from opset 11 on an input. */
  private static Optional<List<Long>> widths(Node pad, RewriteContext context) {
    if (!pad.hasInput(1)) {
      return Optional.of(pad.intsAttribute("pads", List.of())).filter(pads -> !pads.isEmpty());
    }
    return context
        .constant(pad.input(1))
        .map(tensor -> Arrays.stream(tensor.toLongs()).boxed().toList());
  }

  private static boolean zeroOrAbsent(String value, RewriteContext context) {
    Optional<Tensor> constant = context.constant(value);
    return value.isEmpty()
        || constant
            .filter(tensor -> tensor.type().isFloat() && tensor.toFloats()[0] == 0)
            .isPresent();
  }

  private static List<Long> ownPads(Node conv, List<Long> widths) {
    return conv.intsAttribute(
        "pads", Collections.nCopies(widths.size() - 2 * FIRST_SPATIAL_AXIS, 0L));
  }

  private static List<Long> spatial(List<Long> widths) {
    int rank = widths.size() / 2;
    List<Long> spatial = new ArrayList<>(widths.subList(FIRST_SPATIAL_AXIS, rank));
    spatial.addAll(widths.subList(rank + FIRST_SPATIAL_AXIS, 2 * rank));
    return spatial;
  }

  private static List<Long> sum(List<Long> left, List<Long> right) {
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      sums.add(left.get(i) + right.get(i));
    }
    return sums;
  }
}
