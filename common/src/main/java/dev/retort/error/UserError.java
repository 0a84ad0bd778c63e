package dev.retort.error;

/** The user's input is wrong: the recipe or command line (exit 2), the data or model (exit 3). */
public final class UserError extends RetortException {
  private static final long serialVersionUID = 1L;

  private UserError(ExitCode exitCode, String message, Throwable cause) {
    super(exitCode, message, cause);
  }

  /** An error in a recipe or on the command line. */
  public static UserError usage(String message) {
    return new UserError(ExitCode.USAGE, message, null);
  }

  /** As {@link #usage(String)}, with what led to it. */
  public static UserError usage(String message, Throwable cause) {
    return new UserError(ExitCode.USAGE, message, cause);
  }

  /** An error in data or in a model file. */
  public static UserError input(String message) {
    return new UserError(ExitCode.INPUT, message, null);
  }

  /** As {@link #input(String)}, with what led to it. */
  public static UserError input(String message, Throwable cause) {
    return new UserError(ExitCode.INPUT, message, cause);
  }
}
