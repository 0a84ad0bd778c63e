/**
 * Exact simplifications of a trained model: one {@link dev.retort.graph.rewrite.Rule} a file, in
 * one ordered list ({@link dev.retort.fusion.FusionRules}), run by {@link
 * dev.retort.fusion.Fusion}. Exact means equal up to rounding; each rule states its bound. May
 * import from {@code error} up to {@code plan}.
 */
package dev.retort.fusion;
