package dev.retort.recipe;

import dev.retort.recipe.Yaml.Mapping;
import dev.retort.recipe.Yaml.Scalar;
import dev.retort.recipe.Yaml.Sequence;
import java.util.Map;
import java.util.SortedSet;

/** Holds a document against the registry: every key known, every value of its type and in range. */
final class KeyCheck {
  private static final String ANY = "*";

  private final Complaint complaint;

  private KeyCheck(Complaint complaint) {
    this.complaint = complaint;
  }

  static void check(Complaint complaint, Mapping document) {
    new KeyCheck(complaint).section("", "", document);
  }

  private void section(String pattern, String path, Mapping section) {
    SortedSet<String> known = RecipeKeys.below(pattern);
    for (Map.Entry<String, Yaml> entry : section.entries().entrySet()) {
      String name = entry.getKey();
      String childPath = join(path, name);
      if (known.contains(ANY)) {
        node(join(pattern, ANY), childPath, entry.getValue());
      } else if (known.contains(name) || isPlainStep(pattern, name)) {
        node(join(pattern, name), childPath, entry.getValue());
      } else {
        throw complaint.unknown(childPath, entry.getValue(), known);
      }
    }
  }

  private void node(String pattern, String path, Yaml value) {
    Key<?> key = RecipeKeys.at(pattern).orElse(null);
    if (key != null) {
      if (key.type().reader().apply(value).isEmpty()) {
        throw complaint.wrongValue(path, value, key.type().expected());
      }
    } else if (value instanceof Mapping section) {
      section(pattern, path, section);
    } else if (value instanceof Sequence list && RecipeKeys.below(pattern).contains(ANY)) {
      for (int i = 0; i < list.items().size(); i++) {
        node(join(pattern, ANY), join(path, Integer.toString(i)), list.items().get(i));
      }
    } else if (!(value instanceof Scalar scalar && scalar.isNull())) {
      String known = String.join(", ", RecipeKeys.below(pattern));
      throw complaint.wrongValue(
          path, value, known.isEmpty() ? "without settings" : "a mapping with the keys " + known);
    }
  }

  /** A step without any key does not show in the registry. */
  private static boolean isPlainStep(String pattern, String name) {
    return pattern.equals("steps.*") && StepKind.of(name).isPresent();
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
