package dev.retort.error;

/**
 * An expected failure: its message is for the user and reads "Cannot &lt;do&gt; &lt;thing&gt;:
 * &lt;key, file or node&gt; is &lt;value&gt;, must be &lt;range&gt;; &lt;remedy&gt;".
 */
public abstract class RetortException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  RetortException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The code that the process ends with. */
  public final ExitCode exitCode() {
    return exitCode;
  }
}
