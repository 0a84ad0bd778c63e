package dev.retort.recipe;

import java.util.Map;
import java.util.regex.Pattern;

/** Prints values as YAML, the same text for the same values. */
final class YamlText {
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9./_-][A-Za-z0-9./_ +-]*");
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\x00-\\x1f\\x7f-\\xa0\\u2028\\u2029\\ufeff]");
  private static final String STEP = "  ";

  private final StringBuilder text = new StringBuilder();

  private YamlText() {}

  /** A document: mappings and lists of mappings in block style, all else inline. */
  static String of(Yaml.Mapping document) {
    YamlText printer = new YamlText();
    printer.block(document, "");
    return printer.text.toString();
  }

  private void block(Yaml.Mapping mapping, String indent) {
    mapping.entries().forEach((key, value) -> entry(key, value, indent));
  }

  private void entry(String key, Yaml value, String indent) {
    text.append(indent).append(scalar(key, true)).append(':');
    if (value instanceof Yaml.Mapping inner && !inner.entries().isEmpty()) {
      text.append('\n');
      block(inner, indent + STEP);
    } else if (value instanceof Yaml.Sequence list
        && list.items().stream().anyMatch(Yaml.Mapping.class::isInstance)) {
      text.append('\n');
      list.items().forEach(item -> listItem(item, indent + STEP));
    } else {
      text.append(' ').append(inline(value)).append('\n');
    }
  }

  private void listItem(Yaml item, String indent) {
    int start = text.length();
    if (item instanceof Yaml.Mapping mapping && !mapping.entries().isEmpty()) {
      block(mapping, indent + STEP);
      text.replace(start, start + indent.length() + STEP.length(), indent + "- ");
    } else {
      text.append(indent).append("- ").append(inline(item)).append('\n');
    }
  }

  private static String inline(Yaml value) {
    if (value instanceof Yaml.Sequence list) {
      return "[" + String.join(", ", list.items().stream().map(YamlText::inline).toList()) + "]";
    }
    if (value instanceof Yaml.Mapping mapping) {
      return "{"
          + String.join(", ", mapping.entries().entrySet().stream().map(YamlText::pair).toList())
          + "}";
    }
    Yaml.Scalar scalar = (Yaml.Scalar) value;
    return scalar(scalar.text(), scalar.plain());
  }

  private static String pair(Map.Entry<String, Yaml> entry) {
    return scalar(entry.getKey(), true) + ": " + inline(entry.getValue());
  }

  private static String scalar(String value, boolean plain) {
    if (plain && SAFE.matcher(value).matches() && !value.endsWith(" ")) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    value.codePoints().forEach(point -> quoted.append(escaped(point)));
    return quoted.append('"').toString();
  }

  private static String escaped(int point) {
    if (point == '"' || point == '\\') {
      return "\\" + (char) point;
    }
    if (UNPRINTABLE.matcher(Character.toString(point)).matches()) {
      return "\\u%04x".formatted(point);
    }
    return Character.toString(point);
  }
}
