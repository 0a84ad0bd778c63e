package dev.retort.jobs.mllib;

import dev.retort.error.ModelMessages;
import java.util.StringJoiner;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** A row as a message shows it: short, whatever it holds. */
final class RowText {
  private static final int MOST_CHARACTERS = 300;
  private static final int MOST_OF_A_VALUE = 60;

  private RowText() {}

  /** The row's columns by name, such as {@code {id=7, image=784 bytes}}. */
  static String of(Row row, StructType schema) {
    StringJoiner text = new StringJoiner(", ", "{", "}");
    String[] names = schema.fieldNames();
    for (int i = 0; i < names.length; i++) {
      text.add(names[i] + "=" + value(row.get(i)));
    }
    return ModelMessages.printable(cut(text.toString(), MOST_CHARACTERS));
  }

  private static String value(Object value) {
    return value instanceof byte[] bytes
        ? bytes.length + " bytes"
        : cut(String.valueOf(value), MOST_OF_A_VALUE);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }
}
