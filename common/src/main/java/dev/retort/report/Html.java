package dev.retort.report;

/**
 * HTML text under construction. Whatever comes from outside goes through {@link #text} or an
 * attribute's value, both escaped.
 */
final class Html {
  private final StringBuilder out = new StringBuilder(1 << 16);

  /** An opening tag; attributes are names and values in turn. */
  Html open(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escape(attributes[i + 1])).append('"');
    }
    out.append('>');
    return this;
  }

  Html close(String tag) {
    out.append("</").append(tag).append('>');
    return this;
  }

  Html text(String text) {
    out.append(escape(text));
    return this;
  }

  /** A whole element of text. */
  Html element(String tag, String cssClass, String text) {
    return open(tag, "class", cssClass).text(text).close(tag);
  }

  /** A whole element of text without a class. */
  Html element(String tag, String text) {
    return open(tag).text(text).close(tag);
  }

  /** Markup that this package made. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
