package dev.retort.data;

/** A row that cannot become a sample; the message says what is wrong with which value. */
public final class BadSampleException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadSampleException(String message) {
    this(message, null);
  }

  public BadSampleException(String message, Throwable cause) {
    super(message, cause, false, false);
  }
}
