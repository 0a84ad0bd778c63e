package dev.retort.error;

/**
 * Exit codes of every command; a scheduler retries {@link #INFRASTRUCTURE} and {@link
 * #INTERRUPTED}.
 */
public enum ExitCode {
  /** The command did what it was asked. */
  OK(0),
  /** A defect of Retort. */
  BUG(1),
  /** The recipe or the command line is wrong. */
  USAGE(2),
  /** The data or the model is wrong or not supported. */
  INPUT(3),
  /** The result misses a gate of the recipe. */
  GATE_FAILED(4),
  /** Another driver holds the lease of this run. */
  LEASE_HELD(5),
  /** Executors lost, store unreachable, disk full. */
  INFRASTRUCTURE(10),
  /** Stopped by SIGINT or SIGTERM. */
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the process returns. */
  public int code() {
    return code;
  }
}
