package dev.retort.graph;

/** A named, typed value: an input, an output, or an inner value whose type the file states. */
public record ValueInfo(String name, ValueType type, String documentation, Opaque extras) {

  public static ValueInfo of(String name, ValueType type) {
    return new ValueInfo(name, type, "", Opaque.NONE);
  }

  public ValueInfo withType(ValueType newType) {
    return new ValueInfo(name, newType, documentation, extras);
  }

  public ValueInfo withName(String newName) {
    return new ValueInfo(newName, type, documentation, extras);
  }
}
