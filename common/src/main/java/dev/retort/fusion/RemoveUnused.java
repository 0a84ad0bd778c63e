package dev.retort.fusion;

import dev.retort.graph.GraphEditor;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.Outcome;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.rewrite.Rule;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removes a node whose results nothing reads, and the nodes that only it needed.
 *
 * <pre>
 * before:  x -> a -> b        x -> z (returned)
 * after:   x -> z
 * </pre>
 *
 * <p>Exact; never refuses. Constants that nothing reads go with the last node that read them.
 */
public final class RemoveUnused implements Rule {
  @Override
  public Outcome apply(Node node, RewriteContext context) {
    GraphEditor editor = context.editor();
    if (isUsed(node, editor)) {
      return Outcome.notHere();
    }
    int removed = 0;
    Deque<Node> candidates = new ArrayDeque<>();
    candidates.add(node);
    while (!candidates.isEmpty()) {
      Node candidate = candidates.remove();
      if (editor.contains(candidate) && !isUsed(candidate, editor)) {
        editor.remove(candidate);
        removed++;
        candidate.inputs().forEach(tensor -> editor.producer(tensor).ifPresent(candidates::add));
      }
    }
    return Outcome.fired("nothing reads its result").with("nodes", removed);
  }

  private static boolean isUsed(Node node, GraphEditor editor) {
    return node.outputs().stream()
        .anyMatch(output -> editor.isOutput(output) || !editor.consumers(output).isEmpty());
  }
}
