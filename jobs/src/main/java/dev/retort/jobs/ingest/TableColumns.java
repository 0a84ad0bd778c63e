package dev.retort.jobs.ingest;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.error.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table with their types.
 *
 * @param names all columns
 * @param schema those whose types are known
 */
record TableColumns(ColumnNames names, StructType schema) {

  /** All columns of the source at {@code path}. */
  static TableColumns of(String path, StructType schema) {
    return new TableColumns(new ColumnNames(path, List.of(schema.fieldNames())), schema);
  }

  /** These and columns of types that Spark finds once it reads. */
  TableColumns plus(NavigableSet<String> untyped) {
    List<String> all = Stream.concat(names.names().stream(), untyped.stream()).distinct().toList();
    return new TableColumns(new ColumnNames(names.path(), all), schema);
  }

  /**
   * Makes sure that a sample can be read of the columns.
   *
   * @throws UserError if one is missing or of a type that cannot be read
   */
  void check(SampleColumns columns) {
    for (InputSpec input : columns.inputs()) {
      if (input.isText()) {
        type(names.existing(input.column())).ifPresent(type -> requireText(input.column(), type));
      } else {
        names.expand(input.column()).forEach(this::checkValue);
      }
    }
    columns.label().map(LabelSpec::column).map(names::existing).ifPresent(this::checkValue);
    columns.id().ifPresent(names::existing);
  }

  private void checkValue(String name) {
    type(name).ifPresent(type -> requireValue(name, type));
  }

  private Optional<DataType> type(String name) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equals(name))
        .findFirst()
        .map(StructField::dataType);
  }

  /**
   * The type of a column of numbers, arrays, text or bytes.
   *
   * @throws UserError if it is of another type
   */
  DataType ofValue(String name) {
    return requireValue(name, schema.apply(name).dataType());
  }

  /**
   * The type of a column of texts.
   *
   * @throws UserError if it is of another type
   */
  DataType ofText(String name) {
    return requireText(name, schema.apply(name).dataType());
  }

  private DataType requireValue(String name, DataType type) {
    if (!ColumnValue.isDecodable(type)) {
      throw UserError.input(
          "Cannot read %s: column %s is %s, must be numbers, arrays of numbers, text or binary"
              .formatted(names.path(), name, type.sql()));
    }
    return type;
  }

  private DataType requireText(String name, DataType type) {
    if (!(type instanceof StringType)) {
      throw UserError.input(
          "Cannot read %s: column %s is %s, must be text (STRING) for its tokenizer; name the column of the texts"
              .formatted(names.path(), name, type.sql()));
    }
    return type;
  }
}
