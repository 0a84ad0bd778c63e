package dev.retort.error;

/** Another driver holds the lease of the run; the message names it. */
public final class LeaseHeldError extends RetortException {
  private static final long serialVersionUID = 1L;

  public LeaseHeldError(String message) {
    this(message, null);
  }

  public LeaseHeldError(String message, Throwable cause) {
    super(ExitCode.LEASE_HELD, message, cause);
  }
}
