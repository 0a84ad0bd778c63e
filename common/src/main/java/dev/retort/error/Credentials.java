package dev.retort.error;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds passwords and keys in what a user writes. Recipes, options and results are kept, printed
 * and shared, so that credentials come by reference only: through Hadoop's settings or the
 * environment. Messages name the place where one was found, never the text.
 */
public final class Credentials {
  private static final String REMEDY =
      "take it out, and give it by core-site.xml in HADOOP_CONF_DIR, by a credential provider of"
          + " Hadoop, or by the environment, such as AWS_SECRET_ACCESS_KEY";

  /** A port, which also follows a colon, has digits only and ends what stands before the path. */
  private static final Pattern USER_INFO =
      Pattern.compile("(?<=://)[^/@:\\s]*:(?!\\d+(/|$))[^@\\s]*@");

  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)(?<=^|[?&;,\\s])((x-amz-)?(signature|credential|security-token)|sig|(access_)?token"
              + "|password|passwd|pwd|secret|account_?key|(shared)?access_?key|sharedaccesssignature)"
              + "=[^&;,\\s]+");

  /** What the name of a setting has in it if its value is a credential: a regular expression. */
  public static final String IN_NAMES =
      "(?i)secret|passw(or)?d|credential"
          + "|(access|account|api|private|shared|storage|encryption)[._-]?key"
          + "|(session|auth|access|sas|security|bearer)[._-]?token";

  private static final Pattern NAME = Pattern.compile(IN_NAMES);

  private Credentials() {}

  /**
   * Refuses a text with a password, key or signature in it.
   *
   * @param place where it stands, such as {@code --work}
   * @throws UserError (exit 2) which does not repeat the text
   */
  public static void refuseIn(String place, String text) {
    in(text)
        .ifPresent(
            found -> {
              throw refused(place, found);
            });
  }

  /**
   * As {@link #refuseIn(String, String)}, for the value of a setting, which its name may betray.
   */
  public static void refuseIn(String place, String name, String text) {
    if (NAME.matcher(name).find() && !text.isEmpty()) {
      throw refused(place, "what its name calls a credential");
    }
    refuseIn(place, text);
  }

  /** The text without the credentials that {@link #refuseIn} would find in it. */
  public static String redacted(String text) {
    String withoutUsers = USER_INFO.matcher(text).replaceAll("***@");
    return PARAMETER.matcher(withoutUsers).replaceAll("$1=***");
  }

  private static Optional<String> in(String text) {
    if (USER_INFO.matcher(text).find()) {
      return Optional.of("a user and a password before the host");
    }
    return PARAMETER.matcher(text).find()
        ? Optional.of("a password, key or signature")
        : Optional.empty();
  }

  private static UserError refused(String place, String found) {
    return UserError.usage(
        "Cannot use %s: it holds %s, must be without credentials; %s"
            .formatted(place, found, REMEDY));
  }
}
