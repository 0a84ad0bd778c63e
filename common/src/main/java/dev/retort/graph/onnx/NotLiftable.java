package dev.retort.graph.onnx;

/** Says why a node has no form in the newer opset; never leaves {@link OpsetLift}. */
final class NotLiftable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotLiftable(String reason) {
    super(reason, null, false, false);
  }
}
