package dev.retort.recipe;

import dev.retort.error.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads recipes: YAML and overrides in, a complete {@link Recipe} out. Every refusal is a {@link
 * UserError} that names the key by its full path, the line, the value, what it must be, and the
 * remedy.
 */
public final class RecipeReader {
  private static final long MAX_BYTES = 1 << 20;

  private RecipeReader() {}

  /**
   * The recipe in {@code file} with {@code overrides}: dotted path to YAML value, such as {@code
   * steps.1.quantize.calibration.samples} to {@code 512}.
   *
   * @throws UserError if the file cannot be read or is no valid recipe
   */
  public static Recipe read(Path file, Map<String, String> overrides) {
    return parse(file.toString(), text(file), overrides);
  }

  /** As {@link #read}, from text; {@code name} names it in messages. */
  public static Recipe parse(String name, String text, Map<String, String> overrides) {
    Complaint complaint = new Complaint(name);
    if (!(YamlReader.read(name, text) instanceof Yaml.Mapping document)) {
      throw complaint.error("it is no mapping, must be keys with values; see conf/recipes");
    }
    CredentialCheck.check(name, document);
    CredentialCheck.check(name, overrides);
    Yaml.Mapping overridden = Overrides.apply(name, document, overrides);
    CredentialCheck.check(name, overridden);
    Yaml.Mapping normalised = StepList.normalise(complaint, overridden);
    KeyCheck.check(complaint, normalised);
    Recipe recipe = RecipeBinder.bind(complaint, normalised);
    RecipeCheck.check(complaint, recipe);
    return recipe;
  }

  private static String text(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
        throw UserError.usage(
            "Cannot read the recipe %s: it has %d bytes, must be at most %d; give a recipe, not data"
                .formatted(file, Files.size(file), MAX_BYTES));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw UserError.usage(
          "Cannot read the recipe %s: there is no such file; see conf/recipes".formatted(file), e);
    } catch (CharacterCodingException e) {
      throw UserError.usage(
          "Cannot read the recipe %s: it is no UTF-8 text; give a YAML file".formatted(file), e);
    } catch (IOException e) {
      throw UserError.usage(
          "Cannot read the recipe %s: %s; check the path and its permissions"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
