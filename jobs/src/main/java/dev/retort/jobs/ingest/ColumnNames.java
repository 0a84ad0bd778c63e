package dev.retort.jobs.ingest;

import dev.retort.data.NearestName;
import dev.retort.error.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The columns of a source.
 *
 * @param path the source, for messages
 * @param names all columns
 */
record ColumnNames(String path, List<String> names) {
  private static final Pattern RANGE = Pattern.compile("(.*?)(\\d+)\\.\\.\\1(\\d+)");

  ColumnNames {
    names = List.copyOf(names);
  }

  /**
   * The columns that {@code column} means: itself, {@code p0..p783}, or a list with commas.
   *
   * @throws UserError if one is missing; the message names the nearest existing one
   */
  List<String> expand(String column) {
    if (names.contains(column)) {
      return List.of(column);
    }
    return Arrays.stream(column.split(","))
        .map(String::strip)
        .flatMap(ColumnNames::expandRange)
        .map(this::existing)
        .toList();
  }

  /** The existing column of that name; upper and lower case are the same, as in Spark. */
  String existing(String wanted) {
    return names.stream()
        .filter(name -> name.equals(wanted))
        .findFirst()
        .or(() -> names.stream().filter(name -> name.equalsIgnoreCase(wanted)).findFirst())
        .orElseThrow(
            () ->
                UserError.input(
                    "Cannot read %s: column %s is missing, must be one of its %d columns; %s"
                        .formatted(path, wanted, names.size(), NearestName.hint(wanted, names))));
  }

  private static Stream<String> expandRange(String column) {
    Matcher range = RANGE.matcher(column);
    if (!range.matches()) {
      return Stream.of(column);
    }
    int from = Integer.parseInt(range.group(2));
    int to = Integer.parseInt(range.group(3));
    return IntStream.rangeClosed(from, to).mapToObj(i -> range.group(1) + i);
  }
}
