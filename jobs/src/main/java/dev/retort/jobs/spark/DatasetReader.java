package dev.retort.jobs.spark;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Shard;
import dev.retort.data.ShardBuffers;
import dev.retort.data.ShardReader;
import dev.retort.jobs.run.StageStore;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads shards of a stored data set into reused buffers; consecutive shards share the open file.
 */
public final class DatasetReader implements ShardSource<Shard> {
  private final StoredDataset dataset;
  private final DatasetDescriptor descriptor;
  private final Configuration configuration;
  private final StageStore store;
  private final ShardBuffers buffers = new ShardBuffers();
  private Path openFile;
  private ShardReader reader;

  public DatasetReader(StoredDataset dataset) {
    this.dataset = dataset;
    this.descriptor = dataset.descriptor();
    this.store = dataset.shards().address().open();
    this.configuration = store.fileSystem().getConf();
  }

  public DatasetDescriptor descriptor() {
    return descriptor;
  }

  /** The shard, valid until the next call. */
  public Shard read(int shard) {
    return read(shard, buffers);
  }

  @Override
  public Shard read(int shard, ShardBuffers into) {
    Path file = dataset.shards().file(store, shard);
    if (!file.equals(openFile)) {
      close();
      reader = ShardReader.open(configuration, file, descriptor.schema());
      openFile = file;
    }
    return reader.read(dataset.shards().entry(shard).rowGroup(), shard, into);
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
      openFile = null;
    }
  }
}
