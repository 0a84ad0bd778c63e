package dev.retort.jobs.ingest;

import dev.retort.error.UserError;
import dev.retort.jobs.run.Attempt;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.StageStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;

/** Lists bad rows in a side file and decides whether there are too many. */
final class BadRows {
  private static final int SHOWN = 3;

  private BadRows() {}

  /**
   * Counts the bad rows and writes them beside the data.
   *
   * @param samples how many good rows there are
   * @throws UserError if there are more than the request allows, or no good row
   */
  static IngestResult.Counts check(
      SortedRows sorted, long samples, IngestRequest request, StageStore store) {
    JavaRDD<byte[]> bad = sorted.badRows();
    long badRows = bad.count();
    long rows = samples + badRows;
    if (rows == 0) {
      throw UserError.input(
          "Cannot ingest %s: %s has no rows, must have at least one"
              .formatted(request.name(), request.source().path()));
    }
    if (badRows == 0) {
      return new IngestResult.Counts(rows, 0, null);
    }
    String file = write(bad, store.address());
    if (samples == 0 || badRows > request.maxBadFraction() * rows) {
      throw UserError.input(message(request, rows, badRows, bad.take(SHOWN), file));
    }
    return new IngestResult.Counts(rows, badRows, file);
  }

  /** Writes the one partition of bad rows; each attempt of the task has a file of its own. */
  private static String write(JavaRDD<byte[]> bad, StageAddress address) {
    return bad.mapPartitions(
            lines -> {
              StageStore store = address.open();
              Path file = store.newDataFile(0, 0, Attempt.begin(), "bad-rows.jsonl");
              store.write(file, () -> new LineStream(lines));
              return List.of(file.toString()).iterator();
            })
        .collect()
        .get(0);
  }

  private static String message(
      IngestRequest request, long rows, long badRows, List<byte[]> first, String file) {
    String causes =
        first.stream()
            .map(line -> Json.read(new String(line, StandardCharsets.UTF_8), BadRow.class))
            .map(row -> "%s: %s".formatted(row.row(), row.cause()))
            .collect(Collectors.joining("; "));
    return ("Cannot ingest %s: %,d of %,d rows are bad, must be at most %s %% (%s); all of them are"
            + " listed in %s; mend them or raise data.max-bad-fraction")
        .formatted(request.name(), badRows, rows, 100 * request.maxBadFraction(), causes, file);
  }
}
