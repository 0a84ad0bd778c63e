package dev.retort.jobs.ingest;

/**
 * Where a row stands in the source.
 *
 * @param file the file's URI
 * @param blockStart where the part of the file that a task reads begins
 * @param row the row's number in the file, or in the block where only that is known, from 1
 */
record RowPlace(String file, long blockStart, long row) {
  /** Orders places by file and row. */
  String sortText() {
    return "%s\0%020d%020d".formatted(file, blockStart, row);
  }

  @Override
  public String toString() {
    return blockStart == 0
        ? "%s row %d".formatted(file, row)
        : "%s from byte %d row %d".formatted(file, blockStart, row);
  }
}
