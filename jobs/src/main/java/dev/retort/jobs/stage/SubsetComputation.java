package dev.retort.jobs.stage;

import dev.retort.data.Shard;
import dev.retort.data.ShardWriter;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StoredDataset;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Copies picked samples into the shards of a data set of their own.
 *
 * @param samplesPerShard samples of every new shard but the last
 */
record SubsetComputation(StoredDataset source, Picks picks, int samplesPerShard)
    implements ShardComputation {

  @Override
  public String suffix() {
    return "parquet";
  }

  @Override
  public Worker open(int[] shards) {
    return new SubsetWorker(this);
  }

  private static final class SubsetWorker implements Worker {
    private final Picks picks;
    private final int samplesPerShard;
    private final DatasetReader reader;
    private ShardWriter writer;

    SubsetWorker(SubsetComputation computation) {
      picks = computation.picks();
      samplesPerShard = computation.samplesPerShard();
      reader = new DatasetReader(computation.source());
    }

    @Override
    public void begin(FileSystem fileSystem, Path file) throws IOException {
      writer = ShardWriter.create(fileSystem, file, reader.descriptor().schema());
    }

    @Override
    public Computed compute(int shard) throws IOException {
      int end = Math.min((shard + 1) * samplesPerShard, picks.size());
      Shard open = null;
      for (int pick = shard * samplesPerShard; pick < end; pick++) {
        if (open == null || open.number() != picks.shard(pick)) {
          open = reader.read(picks.shard(pick));
        }
        writer.add(open.sample(picks.index(pick)));
      }
      ShardWriter.Stored stored = writer.endShard();
      return new Computed(stored.hash(), stored.samples());
    }

    @Override
    public void end() throws IOException {
      writer.close();
      writer = null;
    }

    @Override
    public void close() throws IOException {
      try (reader) {
        if (writer != null) {
          writer.close();
        }
      }
    }
  }
}
