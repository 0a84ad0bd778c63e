/**
 * Mergeable measures of models: {@link dev.retort.metrics.Confusion} against labels, {@link
 * dev.retort.metrics.Divergence} from a reference model's logits, {@link
 * dev.retort.metrics.PairedDifference} of two models' accuracy on the same samples. Each is a value
 * with {@code merge} and canonical bytes. May import {@code error}, {@code tensor}, {@code
 * provenance} and {@code graph}.
 */
package dev.retort.metrics;
