package dev.retort.autodiff;

/** Why a node has no gradient; {@link Gradients} collects these and refuses the model. */
final class NoGradient extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoGradient(String reason) {
    super(reason, null, false, false);
  }
}
