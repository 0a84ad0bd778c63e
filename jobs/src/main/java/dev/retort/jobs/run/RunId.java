package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.util.regex.Pattern;

/** The name of a run and of its directory: letters, digits, dots, dashes and underscores. */
public record RunId(String name) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

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

  @Override
  public String toString() {
    return name;
  }
}
