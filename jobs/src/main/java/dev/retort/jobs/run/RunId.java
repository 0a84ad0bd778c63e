package dev.retort.jobs.run;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.util.regex.Pattern;

/** The name of a run and of its directory: letters, digits, dots, dashes and underscores. */
public record RunId(String name) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final int HASH_DIGITS = 12;

  /**
   * Checks the form.
   *
   * @throws UserError (exit 2) if the name cannot be a directory's on every file system
   */
  public RunId {
    if (!FORM.matcher(name).matches()) {
      throw UserError.usage(
          ("Cannot name a run: --run-id is \"%s\", must be 1 to 128 letters, digits, '.', '-' or"
                  + " '_', the first a letter or digit; choose another")
              .formatted(name));
    }
  }

  /** The id that a recipe has by itself: its name and 12 digits of its resolved text's SHA-256. */
  public static RunId of(String recipeName, String resolvedRecipe) {
    return new RunId(recipeName + "-" + Sha256.of(resolvedRecipe).prefix(HASH_DIGITS));
  }

  @Override
  public String toString() {
    return name;
  }
}
