package dev.retort.recipe;

import dev.retort.error.Credentials;
import dev.retort.recipe.Yaml.Mapping;
import dev.retort.recipe.Yaml.Scalar;
import dev.retort.recipe.Yaml.Sequence;
import java.util.List;
import java.util.Map;

/**
 * Refuses recipes with credentials in them, before any other message can repeat a value: the
 * resolved recipe is a file of the run.
 */
final class CredentialCheck {
  private final String file;

  private CredentialCheck(String file) {
    this.file = file;
  }

  /** Looks at every value of {@code document}. */
  static void check(String file, Mapping document) {
    new CredentialCheck(file).node("", document);
  }

  /** Looks at overrides as they were given. */
  static void check(String file, Map<String, String> overrides) {
    CredentialCheck check = new CredentialCheck(file);
    overrides.forEach((key, value) -> check.text(key, value, "--set"));
  }

  private void node(String path, Yaml node) {
    if (node instanceof Mapping mapping) {
      mapping.entries().forEach((name, child) -> node(join(path, name), child));
    } else if (node instanceof Sequence sequence) {
      List<Yaml> items = sequence.items();
      for (int i = 0; i < items.size(); i++) {
        node(join(path, Integer.toString(i)), items.get(i));
      }
    } else if (node instanceof Scalar scalar && !scalar.isNull()) {
      text(path, scalar.text(), scalar.place());
    }
  }

  private void text(String path, String value, String place) {
    // A key may be what the user mistook for the value's place, so it is not repeated either.
    String shown = Credentials.redacted(path);
    Credentials.refuseIn("%s (%s) of the recipe %s".formatted(shown, place, file), path, value);
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
