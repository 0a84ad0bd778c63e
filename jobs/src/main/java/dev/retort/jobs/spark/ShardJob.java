package dev.retort.jobs.spark;

import dev.retort.jobs.run.Attempt;
import dev.retort.jobs.run.ChunkManifest;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.StorageErrors;
import dev.retort.partition.Part;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * One Spark job that computes the missing shards of a stage and commits them chunk by chunk: 16
 * consecutive shards, fewer at a gap, at the end of the task, or when {@link #CHUNK_TIME} is over.
 *
 * @param description what people read in Spark's user interface
 * @param address where the results go
 * @param shards how many shards the data has
 * @param groupSize consecutive shards that one task folds in order
 * @param tasks tasks at most; changes no result
 * @param computation what is computed
 */
public record ShardJob(
    String description,
    StageAddress address,
    int shards,
    int groupSize,
    int tasks,
    ShardComputation computation) {
  /** After this time a chunk is committed at the end of its group, so a kill repeats little. */
  static final Duration CHUNK_TIME = Duration.ofSeconds(30);

  /**
   * What a job found and did.
   *
   * @param computed shards computed now
   * @param reused shards that were in the store
   */
  public record Outcome(int computed, int reused) {}

  /**
   * Runs the job; no Spark job at all if nothing is missing.
   *
   * @param progress hears of shards as tasks finish, beginning with those that were in the store
   */
  public Outcome run(JavaSparkContext spark, LongConsumer progress) {
    SortedSet<Integer> missing =
        ChunkCheck.missing(spark, address.open(), Part.WHOLE.index(), shards);
    int reused = shards - missing.size();
    progress.accept(reused);
    if (missing.isEmpty()) {
      return new Outcome(0, reused);
    }
    List<int[]> cut = ShardTasks.longestFirst(ShardTasks.cut(missing, tasks, groupSize));
    spark.setJobDescription(
        "%s: %d of %d shards in %d tasks"
            .formatted(description, missing.size(), shards, cut.size()));
    LongAccumulator done = spark.sc().longAccumulator(description);
    ProgressPoll poll = ProgressPoll.start(done, progress);
    try {
      Task task = new Task(address, groupSize, computation, done);
      spark.parallelize(cut, cut.size()).foreach(task::run);
    } catch (Exception e) {
      throw SparkFailures.explain(e);
    } finally {
      poll.close();
      spark.setJobDescription(null);
    }
    return new Outcome(missing.size(), reused);
  }

  /** What runs on an executor. */
  private record Task(
      StageAddress address, int groupSize, ShardComputation computation, LongAccumulator done)
      implements Serializable {

    void run(int[] shards) throws IOException {
      StageStore store = address.open();
      try (ShardComputation.Worker worker = computation.open(shards)) {
        int next = 0;
        while (next < shards.length) {
          next = runChunk(store, worker, shards, next);
        }
      }
    }

    /** Computes and commits the chunk that begins at {@code shards[from]}; returns its end. */
    private int runChunk(StageStore store, ShardComputation.Worker worker, int[] shards, int from) {
      long deadline = System.nanoTime() + CHUNK_TIME.toNanos();
      Attempt attempt = Attempt.begin();
      Path file =
          store.newDataFile(Part.WHOLE.index(), shards[from], attempt, computation.suffix());
      SortedMap<Integer, ShardEntry> entries = new TreeMap<>();
      int next = from;
      boolean committed = false;
      try {
        worker.begin(store.fileSystem(), file);
        do {
          ShardComputation.Computed computed = worker.compute(shards[next]);
          entries.put(
              shards[next],
              ShardEntry.of(file.getName(), next - from, computed.hash(), computed.samples()));
          next++;
        } while (next < shards.length && !isChunkOver(shards, next, deadline));
        worker.end();
        store.commit(new ChunkManifest(Part.WHOLE.index(), shards[from], attempt, entries));
        committed = true;
      } catch (IOException | FSError e) {
        throw StorageErrors.writing("write", file, e);
      } finally {
        if (!committed) {
          store.discard(file);
        }
      }
      done.add(entries.size());
      return next;
    }

    private boolean isChunkOver(int[] shards, int next, long deadline) {
      boolean groupEnds = shards[next] / groupSize != shards[next - 1] / groupSize;
      return ShardTasks.endsChunk(shards[next - 1], shards[next])
          || (groupEnds && System.nanoTime() - deadline > 0);
    }
  }
}
