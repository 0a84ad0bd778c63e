package dev.retort.error;

/** The cluster, the store or the disk failed; the same command, repeated, goes on from there. */
public final class InfrastructureError extends RetortException {
  private static final long serialVersionUID = 1L;

  public InfrastructureError(String message) {
    this(message, null);
  }

  public InfrastructureError(String message, Throwable cause) {
    super(ExitCode.INFRASTRUCTURE, message, cause);
  }
}
