/**
 * Static shapes and types: {@link dev.retort.graph.shape.ShapeInference} keeps symbolic dimensions
 * such as the batch, one family of rules a file, all listed in {@link
 * dev.retort.graph.shape.ShapeRules}; {@link dev.retort.graph.shape.ModelCheck} refuses a model
 * that could harm the process that loads it. May import {@code error}, {@code tensor} and {@code
 * graph}.
 */
package dev.retort.graph.shape;
