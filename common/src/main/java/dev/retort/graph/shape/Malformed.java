package dev.retort.graph.shape;

/** A node breaks the definition of its operator; carried to where the node's name is known. */
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String value;
  private final String range;

  /** The attribute or input {@code what} is {@code value}, but must be {@code range}. */
  Malformed(String what, Object value, String range) {
    super(what + " is " + value + ", must be " + range, null, false, false);
    this.what = what;
    this.value = String.valueOf(value);
    this.range = range;
  }

  String what() {
    return what;
  }

  String value() {
    return value;
  }

  String range() {
    return range;
  }
}
