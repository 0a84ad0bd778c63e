package dev.retort.error;

/** The run was stopped from outside; the same command, repeated, goes on from there. */
public final class InterruptedRunError extends RetortException {
  private static final long serialVersionUID = 1L;

  public InterruptedRunError(String message) {
    this(message, null);
  }

  public InterruptedRunError(String message, Throwable cause) {
    super(ExitCode.INTERRUPTED, message, cause);
  }
}
