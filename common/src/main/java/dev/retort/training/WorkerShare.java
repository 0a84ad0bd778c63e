package dev.retort.training;

import java.util.stream.LongStream;

/**
 * Which batches of an epoch a worker takes: worker w of W takes batches w, w + W, w + 2W and so on;
 * a round is {@code sync} of them for each worker, after which workers are averaged.
 *
 * @param worker from 0
 * @param workers at least 1
 * @param sync batches a worker and round, at least 1
 */
public record WorkerShare(int worker, int workers, int sync) {
  public WorkerShare {
    Settings.require("workers", workers, workers >= 1, "1 or above");
    Settings.require("sync", sync, sync >= 1, "every 1 batch or more");
    if (worker < 0 || worker >= workers) {
      throw new IllegalArgumentException("worker %d of %d".formatted(worker, workers));
    }
  }

  /** Rounds of an epoch of {@code batches} batches; the last may be short. */
  public long rounds(long batches) {
    return -Math.floorDiv(-batches, (long) workers * sync);
  }

  /**
   * The numbers of this worker's batches in {@code round}, ascending; none if others take the last
   * ones, and the worker then has weight 0 in the average.
   */
  public LongStream batches(long round, long batches) {
    long first = round * sync * workers + worker;
    return LongStream.range(0, sync).map(i -> first + i * workers).filter(b -> b < batches);
  }
}
