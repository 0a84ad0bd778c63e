package dev.retort.error;

import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts a model's file into the messages of checks that see a graph only and call it "the model".
 */
public final class ModelMessages {
  private static final Pattern THE_MODEL = Pattern.compile("^(Cannot [a-z ]+) the model: ");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private ModelMessages() {}

  /**
   * What {@code check} returns; what it refuses is told of {@code model}.
   *
   * @param model the path as the user gave it
   */
  public static <T> T naming(String model, Supplier<T> check) {
    try {
      return check.get();
    } catch (UserError e) {
      throw e.exitCode() == ExitCode.USAGE ? e : UserError.input(named(model, e), e);
    } catch (UnsupportedModelError e) {
      throw new UnsupportedModelError(named(model, e), e);
    }
  }

  /** {@code text} without the control characters that a hostile model may have in its names. */
  public static String printable(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }

  private static String named(String model, RetortException refusal) {
    return THE_MODEL
        .matcher(printable(refusal.getMessage()))
        .replaceFirst(match -> quoted(match.group(1) + " model " + model + ": "));
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }
}
