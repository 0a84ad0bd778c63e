package dev.retort.jobs.ingest;

import dev.retort.data.Sample;
import dev.retort.data.SampleSchema;
import dev.retort.data.ShardBuffers;
import dev.retort.data.ShardPlan;
import dev.retort.data.ShardReader;
import dev.retort.data.ShardWriter;
import dev.retort.jobs.run.Attempt;
import dev.retort.jobs.run.ChunkManifest;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.StorageErrors;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes one chunk of a data set and commits it; used by tasks on executors. */
record ChunkWriter(StageAddress address, SampleSchema schema, ShardPlan plan)
    implements Serializable {
  private static final int WHOLE_MODEL = 0;

  /** Writes the chunk from the next samples of {@code samples}, which may hold more. */
  void write(int chunk, Iterator<Sample> samples) {
    StageStore store = address.open();
    Attempt attempt = Attempt.begin();
    int firstShard = plan.firstShard(chunk);
    Path file = store.newDataFile(WHOLE_MODEL, firstShard, attempt);
    boolean committed = false;
    try {
      SortedMap<Integer, ShardEntry> entries = write(store.fileSystem(), file, chunk, samples);
      store.commit(new ChunkManifest(WHOLE_MODEL, firstShard, attempt, entries), this::readBack);
      committed = true;
    } catch (IOException | FSError e) {
      throw StorageErrors.writing("write", file, e);
    } finally {
      if (!committed) {
        store.discard(file);
      }
    }
  }

  private SortedMap<Integer, ShardEntry> write(
      FileSystem fileSystem, Path file, int chunk, Iterator<Sample> samples) throws IOException {
    int firstShard = plan.firstShard(chunk);
    SortedMap<Integer, ShardEntry> entries = new TreeMap<>();
    try (ShardWriter writer = ShardWriter.create(fileSystem, file, schema)) {
      for (int shard = firstShard; shard < firstShard + plan.shardsIn(chunk); shard++) {
        for (int i = plan.samplesIn(shard); i > 0; i--) {
          writer.add(samples.next());
        }
        ShardWriter.Stored stored = writer.endShard();
        entries.put(
            shard,
            ShardEntry.of(file.getName(), stored.rowGroup(), stored.hash(), stored.samples()));
      }
    }
    return entries;
  }

  private Sha256 readBack(Path file, int rowGroup) {
    StageStore store = address.open();
    try (ShardReader reader = ShardReader.open(store.fileSystem().getConf(), file, schema)) {
      return reader.contentHash(reader.read(rowGroup, 0, new ShardBuffers()));
    }
  }
}
