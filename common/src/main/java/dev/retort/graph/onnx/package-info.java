/**
 * The ONNX file format: {@link dev.retort.graph.onnx.OnnxReader} maps and normalises a model,
 * {@link dev.retort.graph.onnx.OnnxWriter} writes one, {@link dev.retort.graph.onnx.ModelPrinter}
 * shows it. Weights stay in the mapped file. May import {@code graph}, {@code graph.shape} and what
 * they stand on; protobuf is used here only.
 */
package dev.retort.graph.onnx;
