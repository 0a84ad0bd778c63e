package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import java.util.List;
import java.util.Map;

/**
 * Joining and parting along an axis.
 *
 * <pre>
 * Concat   y = [a, b, ...]     da, db, ... = the parts of g
 * Split    a, b, ... = x       dx = [ga, gb, ...], zeros for a part that the loss does not take
 * </pre>
 */
final class JoinGradients {
  static final Map<String, GradientRule> RULES =
      Map.of("Concat", JoinGradients::concat, "Split", JoinGradients::split);

  private JoinGradients() {}

  private static void concat(NodeGradient n) {
    Emitter e = n.emit();
    int rank = e.rank(n.output(0));
    int axis = n.axis("axis", 0, rank);
    int inputs = n.node().inputs().size();
    if (inputs == 1) {
      n.give(0, n::gradient);
      return;
    }
    String[] lengths = new String[inputs];
    for (int i = 0; i < inputs; i++) {
      lengths[i] = e.sizes(n.input(i), axis, axis + 1);
    }
    List<String> parts =
        e.ops(
            "Split",
            Map.of("axis", Attribute.of((long) axis)),
            inputs,
            n.gradient(),
            e.joined(lengths));
    for (int i = 0; i < inputs; i++) {
      String part = parts.get(i);
      n.give(i, () -> part);
    }
  }

  private static void split(NodeGradient n) {
    Emitter e = n.emit();
    n.give(
        0,
        () -> {
          String[] parts = new String[n.node().outputs().size()];
          for (int i = 0; i < parts.length; i++) {
            String output = n.output(i);
            parts[i] = n.gradient(i).orElseGet(() -> e.zerosLike(output));
          }
          return e.op(
              "Concat", Map.of("axis", Attribute.of(n.node().intAttribute("axis", 0))), parts);
        });
    n.none(1);
  }
}
