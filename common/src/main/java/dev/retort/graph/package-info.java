/**
 * The intermediate representation: an immutable {@link dev.retort.graph.Model} of ONNX nodes, and
 * {@link dev.retort.graph.GraphEditor}, the one mutable thing, confined to a thread. May import
 * {@code error}, {@code tensor} and {@code provenance}.
 */
package dev.retort.graph;
