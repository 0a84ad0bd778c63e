package dev.retort.recipe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML document as values that know where they stand. Immutable.
 *
 * <p>Scalars keep their text, so that a key's own type decides what it means: {@code 1_000}, {@code
 * yes} or {@code 12:30} are never silently something else.
 */
sealed interface Yaml {

  /** Where the value stands, for messages: {@code line 7} or {@code --set}. */
  String place();

  /** The value as it reads in a message. */
  String printed();

  /**
   * A single value.
   *
   * @param plain whether it stands without quotes
   */
  record Scalar(String text, boolean plain, String place) implements Yaml {
    boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }

    @Override
    public String printed() {
      if (isNull()) {
        return "empty";
      }
      return plain ? text : "\"" + text + "\"";
    }
  }

  /** Keys with values, in the order of the document. */
  record Mapping(Map<String, Yaml> entries, String place) implements Yaml {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    Mapping with(String key, Yaml value) {
      Map<String, Yaml> extended = new LinkedHashMap<>(entries);
      extended.put(key, value);
      return new Mapping(extended, place);
    }

    @Override
    public String printed() {
      return "a mapping";
    }
  }

  /** A list of values. */
  record Sequence(List<Yaml> items, String place) implements Yaml {
    public Sequence {
      items = List.copyOf(items);
    }

    Sequence with(int index, Yaml value) {
      List<Yaml> changed = new ArrayList<>(items);
      changed.set(index, value);
      return new Sequence(changed, place);
    }

    @Override
    public String printed() {
      return "[" + String.join(", ", items.stream().map(Yaml::printed).toList()) + "]";
    }
  }

  /** A plain scalar made by the program. */
  static Scalar plain(Object value) {
    return new Scalar(String.valueOf(value), true, "default");
  }
}
