/**
 * Joins two models: {@link dev.retort.graph.join.ModelJoin} puts a head behind an encoder, with
 * pooling and normalisation between them. May import {@code graph}, {@code graph.shape} and {@code
 * graph.onnx}.
 */
package dev.retort.graph.join;
