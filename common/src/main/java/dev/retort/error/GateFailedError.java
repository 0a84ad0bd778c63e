package dev.retort.error;

/** The result is complete but misses a gate of the recipe. */
public final class GateFailedError extends RetortException {
  private static final long serialVersionUID = 1L;

  public GateFailedError(String message) {
    this(message, null);
  }

  public GateFailedError(String message, Throwable cause) {
    super(ExitCode.GATE_FAILED, message, cause);
  }
}
