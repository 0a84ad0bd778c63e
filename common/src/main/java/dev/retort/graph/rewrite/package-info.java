/**
 * The rewrite engine: {@link dev.retort.graph.rewrite.Rule}s that look at one node and its
 * surroundings, and {@link dev.retort.graph.rewrite.Rewriter}, which runs an ordered list of them
 * to a fixed point and says what fired, what did not and why. May import {@code graph} and {@code
 * graph.shape}.
 */
package dev.retort.graph.rewrite;
