package dev.retort.recipe;

import java.util.Optional;
import java.util.function.Function;

/**
 * What values a key takes.
 *
 * @param <T> the Java type
 * @param name the type as the reference names it, such as {@code whole number}
 * @param range what is allowed, such as {@code 1 to 4096}; empty when the name says all
 * @param reader the value of a YAML value; empty when it is not of this type or not in range
 * @param writer the canonical YAML of a value
 */
record KeyType<T>(
    String name, String range, Function<Yaml, Optional<T>> reader, Function<T, Yaml> writer) {

  /** Type and range, as messages say it: "must be ...". */
  String expected() {
    return range.isEmpty() ? name : name + " " + range;
  }
}
