package dev.retort.fusion;

/** A constant expression that {@link FoldConstants} leaves in the graph; the message says why. */
final class NotFoldableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotFoldableException(String reason) {
    super(reason, null, false, false);
  }
}
