package dev.retort.jobs.spark;

import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.StageStore;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Checks the hashes of stored chunks before a run builds on them, each chunk once a command: what
 * is corrupt is void from then on, and is computed again like what was never there. What the run
 * commits itself is checked as it is committed.
 */
public final class ChunkCheck {
  /** More than this is read by executors; SHA-256 takes a second of one core for this much. */
  private static final long MOST_BYTES_ON_DRIVER = 256L << 20;

  private ChunkCheck() {}

  /** Checks the chunks of {@code store} that were not checked yet. */
  public static void verify(JavaSparkContext spark, StageStore store) {
    verify(spark, store, MOST_BYTES_ON_DRIVER);
  }

  static void verify(JavaSparkContext spark, StageStore store, long mostBytesOnDriver) {
    SortedMap<String, Long> unchecked = store.unchecked();
    long bytes = unchecked.values().stream().mapToLong(Long::longValue).sum();
    if (bytes <= mostBytesOnDriver) {
      unchecked.keySet().forEach(store::check);
      return;
    }
    List<String> manifests = List.copyOf(unchecked.keySet());
    StageAddress address = store.address();
    spark.setJobDescription(
        "Check %d stored chunks of %s".formatted(manifests.size(), address.stage()));
    try {
      spark
          .parallelize(manifests, manifests.size())
          .foreach(manifest -> address.open().check(manifest));
    } catch (Exception e) {
      throw SparkFailures.explain(e);
    } finally {
      spark.setJobDescription(null);
    }
  }

  /** The shards of the whole model out of {@code shards} that are not there, or are corrupt. */
  public static SortedSet<Integer> missing(
      JavaSparkContext spark, StageStore store, int part, int shards) {
    verify(spark, store);
    return store.missing(part, shards);
  }
}
