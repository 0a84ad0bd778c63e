package dev.retort.recipe;

import dev.retort.recipe.Yaml.Mapping;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A checked mapping of the document, read key by key; defaults come from the registry. */
record Section(Complaint complaint, String path, Mapping values) {

  /**
   * The value of {@code key}, or its default.
   *
   * @throws dev.retort.error.UserError if it is required and missing
   */
  <T> T value(Key<T> key) {
    Optional<T> given = find(key);
    if (given.isPresent()) {
      return given.get();
    }
    if (key.fallback() instanceof Key.Literal literal) {
      return read(key, YamlReader.readValue(complaint.file(), "default", literal.text()));
    }
    throw complaint.missing(child(key.name()), key.type().expected());
  }

  /** The value of {@code key}, or {@code derived}. */
  <T> T valueOr(Key<T> key, T derived) {
    return find(key).orElse(derived);
  }

  <T> Optional<T> find(Key<T> key) {
    return Optional.ofNullable(values.entries().get(key.name())).map(node -> read(key, node));
  }

  OptionalDouble number(Key<Double> key) {
    return find(key).stream().mapToDouble(Double::doubleValue).findFirst();
  }

  /** The section {@code name}, empty when it is not given. */
  Section section(String name) {
    Yaml node = values.entries().get(name);
    Mapping inner = node instanceof Mapping mapping ? mapping : new Mapping(Map.of(), "default");
    return new Section(complaint, child(name), inner);
  }

  boolean has(String name) {
    return values.entries().containsKey(name);
  }

  String child(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private <T> T read(Key<T> key, Yaml node) {
    return key.type()
        .reader()
        .apply(node)
        .orElseThrow(() -> complaint.wrongValue(child(key.name()), node, key.type().expected()));
  }
}
