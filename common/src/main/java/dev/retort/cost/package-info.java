/**
 * What a model costs before it runs: parameters, multiply-accumulates, weight and activation bytes
 * ({@link dev.retort.cost.ModelCost}), and the summary that a person reads ({@link
 * dev.retort.cost.ModelSummary}). May import {@code tensor}, {@code graph} and {@code graph.shape}.
 */
package dev.retort.cost;
