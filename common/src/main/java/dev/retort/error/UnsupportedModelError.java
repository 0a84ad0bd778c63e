package dev.retort.error;

/** A valid model that Retort cannot treat; the message names node and op. */
public final class UnsupportedModelError extends RetortException {
  private static final long serialVersionUID = 1L;

  public UnsupportedModelError(String message) {
    this(message, null);
  }

  public UnsupportedModelError(String message, Throwable cause) {
    super(ExitCode.INPUT, message, cause);
  }
}
