package dev.retort.jobs.spark;

import dev.retort.data.ShardBuffers;
import dev.retort.data.SoftLabelReader;
import dev.retort.data.SoftLabels;
import dev.retort.jobs.run.StageStore;
import org.apache.hadoop.fs.Path;

/**
 * Reads the stored logits of shards into one set of reused buffers; consecutive shards share the
 * open file. Not thread safe.
 */
public final class LabelReader implements AutoCloseable {
  private final StoredLabels labels;
  private final StageStore store;
  private final ShardBuffers buffers = new ShardBuffers();
  private Path openFile;
  private SoftLabelReader reader;

  public LabelReader(StoredLabels labels) {
    this.labels = labels;
    this.store = labels.shards().address().open();
  }

  /** The teacher's outputs on {@code shard}, valid until the next call. */
  public SoftLabels read(int shard) {
    Path file = labels.shards().file(store, shard);
    if (!file.equals(openFile)) {
      close();
      reader = SoftLabelReader.open(store.fileSystem(), file, labels.format());
      openFile = file;
    }
    return reader.read(labels.shards().entry(shard).rowGroup(), buffers);
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
