package dev.retort.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference of every recipe key, made from the registry: {@code conf/reference.md}. */
public final class ConfigurationReference {
  private static final String HEAD =
      """
      # Every key of a recipe

      Written by `deploy/retort reference`; a test compares it with the code. `*` stands for the name of
      an input or the index of a step; `--set KEY=VALUE` overrides any key, as in
      `--set steps.1.quantize.calibration.samples=512`. An unknown key is refused. A step is given by
      its name or with settings, `fuse` or `quantize: {...}`; `fuse` has none. This version knows: %s.
      """;

  private ConfigurationReference() {}

  /** The reference as Markdown: one table for each part of a recipe. */
  public static String markdown() {
    Map<String, List<Key<?>>> parts =
        RecipeKeys.all().stream()
            .collect(
                Collectors.groupingBy(
                    ConfigurationReference::part, LinkedHashMap::new, Collectors.toList()));
    StringBuilder text = new StringBuilder();
    text.append(HEAD.formatted(String.join(", ", StepKind.supportedKeys())));
    parts.forEach((part, keys) -> text.append(table(part, keys)));
    return text.toString();
  }

  private static String part(Key<?> key) {
    return key.path().contains(".") ? key.path().split("\\.", 2)[0] : "general";
  }

  private static String table(String part, List<Key<?>> keys) {
    return "\n## "
        + part
        + "\n\n| key | value | unit | default | meaning |\n| --- | --- | --- | --- | --- |\n"
        + keys.stream().map(ConfigurationReference::row).collect(Collectors.joining());
  }

  private static String row(Key<?> key) {
    return "| `%s` | %s | %s | %s | %s |%n"
        .formatted(
            key.path(), key.type().expected(), key.unit(), key.fallback().printed(), key.meaning())
        .replace(System.lineSeparator(), "\n");
  }
}
