package dev.retort.jobs.ingest;

import dev.retort.data.Sample;
import dev.retort.data.SampleSchema;
import dev.retort.data.ShardBuffers;
import dev.retort.data.ShardPlan;
import dev.retort.data.ShardReader;
import dev.retort.data.ShardWriter;
import dev.retort.error.InfrastructureError;
import dev.retort.jobs.run.Attempt;
import dev.retort.jobs.run.ChunkManifest;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.StageAddress;
import dev.retort.jobs.run.StageStore;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSError;
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
    TreeMap<Integer, ShardEntry> entries = new TreeMap<>();
    try (ShardWriter writer = ShardWriter.create(store.fileSystem(), file, schema)) {
      for (int shard = firstShard; shard < firstShard + plan.shardsIn(chunk); shard++) {
        for (int i = plan.samplesIn(shard); i > 0; i--) {
          writer.add(samples.next());
        }
        ShardWriter.Stored stored = writer.endShard();
        entries.put(
            shard,
            ShardEntry.of(file.getName(), stored.rowGroup(), stored.hash(), stored.samples()));
      }
    } catch (IOException | FSError e) {
      throw new InfrastructureError(
          "Cannot write %s: %s; free or mend the storage and repeat the command"
              .formatted(file, e.getMessage()),
          e);
    }
    store.commit(new ChunkManifest(WHOLE_MODEL, firstShard, attempt, entries), this::readBack);
  }

  private Sha256 readBack(Path file, int rowGroup) {
    StageStore store = address.open();
    try (ShardReader reader = ShardReader.open(store.fileSystem().getConf(), file, schema)) {
      return reader.contentHash(reader.read(rowGroup, 0, new ShardBuffers()));
    }
  }
}
