package dev.retort.jobs.ingest;

import dev.retort.data.DatasetDescriptor;
import java.util.Optional;

/**
 * What ingest made.
 *
 * @param data the rows that were not split off
 * @param validation those that were
 * @param counts how many rows there were
 */
public record IngestResult(
    DatasetDescriptor data, Optional<DatasetDescriptor> validation, Counts counts) {
  /**
   * Rows of the source.
   *
   * @param rows all
   * @param badRows those that became no sample
   * @param badRowsFile where these are listed, a JSON line each; null if there are none
   */
  public record Counts(long rows, long badRows, String badRowsFile) {}
}
