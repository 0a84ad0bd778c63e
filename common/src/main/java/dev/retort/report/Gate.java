package dev.retort.report;

/**
 * One demand of the recipe on a model, printed.
 *
 * @param name what it is about, such as {@code accuracy drop}
 * @param actual what was measured, with its unit
 * @param limit what is allowed, such as {@code at most 0.5 points}
 * @param passed whether it holds
 */
public record Gate(String name, String actual, String limit, boolean passed) {

  /**
   * A gate by its key in the recipe, such as {@code size-ratio}.
   *
   * @param bound {@code at most} or {@code at least}
   */
  public static Gate of(String key, double actual, String bound, double limit, boolean passed) {
    String unit =
        switch (key) {
          case "accuracy-drop" -> " points";
          case "size-ratio", "latency-ratio" -> "×";
          case "latency-millis" -> " ms";
          default -> "";
        };
    return new Gate(
        key.replaceFirst("-millis$", "").replace('-', ' '),
        Numbers.plain(actual) + unit,
        bound + " " + Numbers.plain(limit) + unit,
        passed);
  }
}
