package dev.retort.recipe;

import dev.retort.error.UserError;
import java.util.Collection;
import java.util.Optional;

/** Words what is wrong with one recipe. */
record Complaint(String file) {

  UserError wrongValue(String path, Yaml value, String expected) {
    return error(
        "%s (%s) is %s, must be %s; correct the value"
            .formatted(path, value.place(), value.printed(), expected));
  }

  UserError missing(String path, String expected) {
    return error("%s is missing, must be %s; add it".formatted(path, expected));
  }

  UserError unknown(String path, Yaml value, Collection<String> known) {
    String name = path.substring(path.lastIndexOf('.') + 1);
    String remedy =
        Nearest.of(name, known)
            .or(() -> elsewhere(name))
            .map("did you mean %s?"::formatted)
            .orElse("remove it, or see conf/reference.md");
    return error(
        "%s (%s) is unknown, must be one of %s; %s"
            .formatted(path, value.place(), String.join(", ", known), remedy));
  }

  UserError error(String problem) {
    return UserError.usage("Cannot read the recipe %s: %s".formatted(file, problem));
  }

  private static Optional<String> elsewhere(String name) {
    return RecipeKeys.all().stream()
        .filter(key -> key.name().equals(name))
        .map(Key::path)
        .findFirst();
  }
}
