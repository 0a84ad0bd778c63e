package dev.retort.graph.onnx;

import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Tensor;

/** Decides where the bytes of an initializer go: into the model or beside it. */
@FunctionalInterface
interface TensorPlacement {
  /** All bytes into the model. */
  TensorPlacement INLINE = TensorCodec::encodeInline;

  /** Writes type, dimensions and data of {@code tensor}, or where its data is, to {@code proto}. */
  void place(TensorProto.Builder proto, Tensor tensor);
}
