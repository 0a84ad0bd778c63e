package dev.retort.recipe;

import dev.retort.error.UserError;
import dev.retort.recipe.Yaml.Mapping;
import dev.retort.recipe.Yaml.Scalar;
import dev.retort.recipe.Yaml.Sequence;
import java.util.Comparator;
import java.util.Map;

/** Puts {@code --set key=value} into a recipe: the key is a dotted path, list items by index. */
final class Overrides {
  private final String file;
  private final String key;
  private final Yaml value;

  private Overrides(String file, String key, String value) {
    this.file = file;
    this.key = key;
    this.value = YamlReader.readValue(file, "--set", value);
  }

  /** {@code document} with all {@code overrides}, whose values are YAML. */
  static Mapping apply(String file, Mapping document, Map<String, String> overrides) {
    Mapping result = document;
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      Overrides one = new Overrides(file, override.getKey(), override.getValue());
      result = one.intoMapping(result, override.getKey());
    }
    return result;
  }

  private Yaml into(Yaml node, String rest) {
    if (rest.isEmpty()) {
      return value;
    }
    if (node instanceof Mapping mapping) {
      return intoMapping(mapping, rest);
    }
    if (node instanceof Sequence sequence) {
      return intoSequence(sequence, rest);
    }
    Scalar scalar = (Scalar) node;
    Mapping opened = new Mapping(Map.of(), "--set");
    boolean shortStep = scalar.text().equals(head(rest));
    if (!scalar.isNull() && !shortStep) {
      throw refused("%s is a single value, must be a section".formatted(scalar.printed()));
    }
    return intoMapping(opened, rest);
  }

  private Mapping intoMapping(Mapping mapping, String rest) {
    String name =
        mapping.entries().keySet().stream()
            .filter(known -> rest.equals(known) || rest.startsWith(known + "."))
            .max(Comparator.comparingInt(String::length))
            .orElse(head(rest));
    Yaml child = mapping.entries().getOrDefault(name, new Mapping(Map.of(), "--set"));
    return mapping.with(name, into(child, tail(rest, name)));
  }

  private Sequence intoSequence(Sequence sequence, String rest) {
    String name = head(rest);
    int size = sequence.items().size();
    if (!name.matches("[0-9]{1,6}") || Integer.parseInt(name) >= size) {
      throw refused("the index is %s, must be 0 to %d".formatted(name, size - 1));
    }
    int index = Integer.parseInt(name);
    return sequence.with(index, into(sequence.items().get(index), tail(rest, name)));
  }

  private UserError refused(String problem) {
    return UserError.usage(
        "Cannot apply --set %s to the recipe %s: %s; see conf/reference.md for every key"
            .formatted(key, file, problem));
  }

  private static String head(String path) {
    return path.split("\\.", 2)[0];
  }

  private static String tail(String path, String name) {
    return path.length() > name.length() ? path.substring(name.length() + 1) : "";
  }
}
