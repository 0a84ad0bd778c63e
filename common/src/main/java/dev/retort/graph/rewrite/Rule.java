package dev.retort.graph.rewrite;

import dev.retort.graph.Node;

/**
 * One rewrite, named verb first. A rule has no state: it looks at a node, checks everything, and
 * only then edits, so that a refusal leaves the graph as it was.
 *
 * <p>A tensor that keeps its name keeps its value, type and shape; a rule that computes another
 * value gives it another name. Constants that one node alone reads may change their values.
 */
public interface Rule {
  /** The name in events and plans. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** Rewrites the pattern whose last node is {@code node}, if it is there and may be rewritten. */
  Outcome apply(Node node, RewriteContext context);
}
