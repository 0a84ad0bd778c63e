package dev.retort.fusion;

import dev.retort.graph.Attribute;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * Merges two Transposes in a row into one, or into none where they cancel; a single Transpose that
 * keeps the order of axes goes too.
 *
 * <pre>
 * before:  x -> Transpose(p) -> y -> Transpose(q) -> z
 * after:   x -> Transpose(r) -> z      with r[i] = p[q[i]]
 *          x -> z                      where r is the identity
 * </pre>
 *
 * <p>Exact. {@code y} may have other readers; the first Transpose then stays for them. Refuses when
 * the rank is not known and no permutation is given, or {@code z} cannot be replaced by {@code x}
 * for a reason of {@link RemoveIdentity}.
 */
public final class RemoveTransposePair implements Rule {
  @Override
  public Outcome apply(Node node, RewriteContext context) {
    if (!node.is("Transpose")) {
      return Outcome.notHere();
    }
    Optional<Node> first = context.producer(node.input(0), "Transpose");
    Optional<List<Long>> own = permutation(node, context);
    if (first.isEmpty()) {
      return own.filter(RemoveTransposePair::isIdentity).isPresent()
          ? bypass(node, node.input(0), "it keeps the order of axes", context)
          : Outcome.notHere();
    }
    Optional<List<Long>> merged =
        own.flatMap(q -> permutation(first.get(), context).map(p -> composed(p, q)));
    if (merged.isEmpty()) {
      return Outcome.refused("the rank of %s is not known".formatted(node.input(0)));
    }
    String label = RewriteContext.label(first.get());
    return isIdentity(merged.get())
        ? bypass(node, first.get().input(0), "it undoes " + label, context)
        : merge(first.get(), node, merged.get(), context);
  }

  private static Outcome merge(
      Node first, Node second, List<Long> permutation, RewriteContext context) {
    GraphEditor editor = context.editor();
    Map<String, Attribute> attributes = Map.of("perm", new Attribute.Ints(permutation));
    editor.replace(second, second.withInput(0, first.input(0)).withAttributes(attributes));
    return Outcome.fired("it is merged with " + RewriteContext.label(first));
  }

  private static Outcome bypass(Node node, String tensor, String reason, RewriteContext context) {
    Optional<String> objection = context.bypassObjection(node, tensor);
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    context.bypass(node, tensor);
    return Outcome.fired(reason);
  }

  /** The node's permutation; the default reverses the axes. */
  private static Optional<List<Long>> permutation(Node node, RewriteContext context) {
    List<Long> stated = node.intsAttribute("perm", List.of());
    if (!stated.isEmpty()) {
      return Optional.of(stated);
    }
    OptionalInt rank = context.rank(node.input(0));
    if (rank.isEmpty()) {
      return Optional.empty();
    }
    List<Long> reversed = new ArrayList<>(identity(rank.getAsInt()));
    Collections.reverse(reversed);
    return Optional.of(reversed);
  }

  private static List<Long> composed(List<Long> first, List<Long> second) {
    return second.stream().map(axis -> first.get(axis.intValue())).toList();
  }

  private static boolean isIdentity(List<Long> permutation) {
    return permutation.equals(identity(permutation.size()));
  }

  private static List<Long> identity(int rank) {
    return LongStream.range(0, rank).boxed().toList();
  }
}
